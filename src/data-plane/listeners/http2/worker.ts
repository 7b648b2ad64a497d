import { FrameBuffers } from '../../sockets/index.ts';
import { RequestFields, TrailerFields } from '../../wire/http2/index.ts';

/** ALB's quotas for HTTP headers, as for HTTP/1.1; the size counts 32 octets a field more (RFC 9113 section 6.5.2). One field fewer: Host is ours. */
const LIMITS = { fields: 199, line: 16 * 1024, startLine: 16 * 1024, size: 64 * 1024 };

export function requestFields(): RequestFields {
  return new RequestFields(LIMITS);
}

/** What all HTTP/2 connections of one thread share: scratch for field sections and the buffers that frames are written into. */
export class Http2Worker {
  readonly request = requestFields();
  readonly trailers = new TrailerFields();
  readonly buffers = new FrameBuffers();
}
