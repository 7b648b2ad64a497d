import { flat } from '../../../kernel/index.ts';
import { CONTENT_LENGTH, SERVER, TE } from '../field-name.ts';
import { BAD_CONTENT_LENGTH, BAD_PSEUDO_FIELD, BAD_STATUS, CONNECTION_SPECIFIC_FIELD, DUPLICATE_CONTENT_LENGTH, type Flaw, HEAD_TOO_LARGE, OK, TOO_MANY_FIELDS } from '../flaw.ts';
import { type HeaderField, isConnectionSpecific, isPseudo, STATUS } from './field.ts';
import type { FieldSink } from './hpack-decoder.ts';
import { lengthOf } from './text.ts';

/** The field section of a response (RFC 9113 section 8.3.2) as the decoder reads it out. Made once a thread and filled again. */
export class ResponseFields implements FieldSink {
  readonly #size: number;
  readonly #fields: number;
  status = 0;
  /** `name: value\r\n` lines, without Server and Content-Length, which are kept apart. */
  lines = '';
  /** The line of Server; '' for none. */
  server = '';
  /** -1: none. */
  contentLength = -1;
  /** Value of grpc-status where it comes in the head (a response without a body); '' for none. */
  grpcStatus = '';
  flaw: Flaw = OK;
  #answer = '';
  /** What `#answer` is made of; -1: it is not made. */
  #answerOf = -1;
  #sum = 0;
  #count = 0;
  #regular = false;

  constructor(limits: { readonly size: number; readonly fields: number }) {
    this.#size = limits.size;
    this.#fields = limits.fields;
  }

  begin(): void {
    this.status = this.#sum = this.#count = 0;
    this.lines = this.server = this.grpcStatus = '';
    this.contentLength = -1;
    this.flaw = OK;
    this.#regular = false;
    this.#answerOf = -1;
  }

  /** The lines of the answer, in one piece: with that of Server or without, with the length or without. */
  answer(withServer: boolean, withLength: boolean): string {
    const of = (withServer ? 1 : 0) | (withLength ? 2 : 0);
    if (of !== this.#answerOf) {
      this.#answerOf = of;
      this.#answer = flat(this.lines + (withServer ? this.server : '') + (withLength ? `content-length: ${this.contentLength}\r\n` : ''));
    }
    return this.#answer;
  }

  add(field: HeaderField): void {
    this.#sum += field.size;
    if (this.flaw !== OK) return;
    const { kind, value } = field;
    if (this.#sum > this.#size) this.flaw = HEAD_TOO_LARGE;
    else if (field.flaw !== OK) this.flaw = field.flaw;
    else if (isPseudo(kind)) {
      if (kind !== STATUS || this.#regular || this.status !== 0) this.flaw = BAD_PSEUDO_FIELD;
      else if (!/^[1-9]\d\d$/.test(value)) this.flaw = BAD_STATUS;
      else this.status = Number(value);
    } else {
      this.#regular = true;
      if (++this.#count > this.#fields) this.flaw = TOO_MANY_FIELDS;
      else if (isConnectionSpecific(kind) || kind === TE) this.flaw = CONNECTION_SPECIFIC_FIELD;
      else if (kind === CONTENT_LENGTH) {
        if (this.contentLength !== -1) this.flaw = DUPLICATE_CONTENT_LENGTH;
        this.contentLength = lengthOf(value);
        if (this.contentLength === -1) this.flaw = BAD_CONTENT_LENGTH;
      } else if (kind === SERVER) this.server = field.line;
      else {
        if (field.name === 'grpc-status') this.grpcStatus = value;
        this.lines += field.line;
      }
    }
  }

  end(): void {
    if (this.flaw === OK && this.status === 0) this.flaw = BAD_PSEUDO_FIELD;
  }
}
