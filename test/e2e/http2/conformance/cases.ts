import { ACCEPTED } from './accepted.table.ts';
import { FRAMES } from './frames.table.ts';
import type { Case } from './judge.ts';
import { MESSAGES } from './messages.table.ts';
import { STREAMS } from './streams.table.ts';

/** All of them, section by section. */
export const CASES: readonly Case[] = [...ACCEPTED, ...STREAMS, ...FRAMES, ...MESSAGES];
