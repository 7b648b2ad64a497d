import { NO_BODY, type Framing, type ResponseHead, type Runs } from '../exchange/index.ts';
import { CORS_FIELD, endToEnd, type FieldLines, fieldSet, type FieldSet, type ResponseHeadParser, runsOf } from '../wire/index.ts';

const CORS = fieldSet(CORS_FIELD);

/** The head of a target's answer, for the codec that sends it on. Holds while the octets that it was parsed from are what they were. */
export class ReceivedHead implements ResponseHead, Runs {
  status = 0;
  reason = '';
  framing: Framing = NO_BODY;
  contentLength = 0;
  #fields: FieldLines | null = null;
  #drop: FieldSet = 0;
  #connectionNames = '';
  #present: FieldSet = 0;
  count = 0;

  /** What of it goes on: all but the fields in `drop`. `whole`: octets of the message where all of it is there, else 0. */
  passes(head: ResponseHeadParser, drop: FieldSet, whole: number): void {
    const { fields, connectionNames } = head;
    this.#fields = fields;
    this.#drop = drop;
    this.#connectionNames = connectionNames;
    this.#present = head.present;
    this.count = whole > 0 && head.version === 11 ? runsOf(fields, { drop, connectionNames, from: 0, to: whole }) : 0;
  }

  get headers(): string {
    return this.#fields === null ? '' : endToEnd(this.#fields, this.#drop, this.#connectionNames);
  }

  get whole(): Runs | null {
    return this.count > 0 ? this : null;
  }

  get hasCors(): boolean {
    return (this.#present & CORS) !== 0;
  }

  get view(): DataView {
    return this.#fields!.view;
  }

  runStart(index: number): number {
    const fields = this.#fields!;
    return fields.base + fields.runs[2 * index]!;
  }

  runEnd(index: number): number {
    const fields = this.#fields!;
    return fields.base + fields.runs[2 * index + 1]!;
  }
}
