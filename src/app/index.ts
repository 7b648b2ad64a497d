export { DataThreads } from './data-threads.ts';
export { Foundation } from './foundation.ts';
export { readSettings, SettingError, type Settings } from './settings.ts';
export { System, type SystemHooks } from './system.ts';
export { parityOf } from './parity.ts';
export { servicesOf } from './services.ts';
export { threadEntry } from './threads/entry.ts';
