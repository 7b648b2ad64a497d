import { NOT_IN_TRAILERS } from '../chunked.ts';
import { CONTENT_LENGTH, HOST_FIELD } from '../field-name.ts';
import { BAD_PSEUDO_FIELD, BAD_TRAILER, CONNECTION_SPECIFIC_FIELD, type Flaw, HEAD_TOO_LARGE, OK } from '../flaw.ts';
import { type HeaderField, isConnectionSpecific, isPseudo } from './field.ts';
import type { FieldSink } from './hpack-decoder.ts';

const SIZE_MOST = 16 * 1024;
const FIELDS_MOST = 64;

/** A trailer section: fields alone (RFC 9113 section 8.1). Made once a thread and filled again. */
export class TrailerFields implements FieldSink {
  lines = '';
  flaw: Flaw = OK;
  #size = 0;
  #count = 0;

  begin(): void {
    this.lines = '';
    this.flaw = OK;
    this.#size = this.#count = 0;
  }

  add(field: HeaderField): void {
    this.#size += field.size;
    if (this.flaw !== OK) return;
    const { kind } = field;
    if (this.#size > SIZE_MOST || ++this.#count > FIELDS_MOST) this.flaw = HEAD_TOO_LARGE;
    else if (isPseudo(kind)) this.flaw = BAD_PSEUDO_FIELD;
    else if (field.flaw !== OK) this.flaw = field.flaw;
    else if (isConnectionSpecific(kind)) this.flaw = CONNECTION_SPECIFIC_FIELD;
    // framing and routing fields must not come this late (RFC 9110 section 6.5.1)
    else if (kind === CONTENT_LENGTH || kind === HOST_FIELD) this.flaw = BAD_TRAILER;
    else if (kind >= 32 || ((1 << kind) & NOT_IN_TRAILERS) === 0) this.lines += field.line;
  }
}
