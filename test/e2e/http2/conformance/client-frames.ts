import { block, END_HEADERS, END_STREAM, frame, GET, T, uint32 } from '../raw.ts';

export type Fields = readonly (readonly [name: string, value: string])[];

export const WHOLE = END_HEADERS | END_STREAM;
export const MARK = 'in order';

/** Values so long that five of them do not fit into one frame. */
export const LONG = 'x'.repeat(4_000);
export const long = (count: number): Fields => Array.from({ length: count }, (_, i) => [`x-long-${i}`, LONG] as const);

export const headers = (stream: number, fields: Fields, flags = WHOLE): Buffer => frame(T.HEADERS, flags, stream, block(fields));
/** A request that is whole. */
export const get = (stream: number): Buffer => headers(stream, GET);
/** GET whose stream stays open for a body. */
export const getOpen = (stream: number): Buffer => headers(stream, GET, END_HEADERS);
export const POST_ROOT: Fields = [[':method', 'POST'], ...GET.slice(1)];
export const post = (stream: number, ...more: Fields): Buffer => headers(stream, [...POST_ROOT, ...more], END_HEADERS);
/** DATA that ends its stream unless flags say otherwise. */
export const body = (stream: number, text = 'test', flags = END_STREAM): Buffer => frame(T.DATA, flags, stream, text);
export const continuation = (stream: number, fields: Fields, flags = END_HEADERS): Buffer => frame(T.CONTINUATION, flags, stream, block(fields));
export const update = (stream: number, increment: number): Buffer => frame(T.WINDOW_UPDATE, 0, stream, uint32(increment));
export const cancel = (stream: number, code: number): Buffer => frame(T.RST_STREAM, 0, stream, uint32(code));
export const priority = (stream: number, on: { readonly stream?: number; readonly exclusive?: boolean; readonly weight?: number } = {}): Buffer =>
  frame(T.PRIORITY, 0, stream, Buffer.concat([uint32((on.stream ?? 0) + (on.exclusive === true ? 0x80000000 : 0)), Buffer.from([on.weight ?? 255])]));
