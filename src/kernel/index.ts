export { type ByteStream, type Taker } from './byte-stream.ts';
export { FakeClock, systemClock, type Clock, type Timer } from './clock.ts';
export { alphanumericId, hexId, seededRandom, systemRandom, uuid, type Random } from './random.ts';
export { Secret } from './secret.ts';
export { Watched, Wheel } from './wheel.ts';
export { latin1 } from './bytes.ts';
export { Pattern, PatternError, type PatternSettings } from './pattern.ts';
