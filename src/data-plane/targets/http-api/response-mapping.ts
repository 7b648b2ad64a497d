import type { ResponseMapping } from '../../../snapshot/index.ts';
import type { ApiExchange, EditedHead, AnswerEdit } from '../../exchange/index.ts';
import { compileSelection, type Selection } from './selection.ts';
import { editedFields } from './request-mapping.ts';

interface Compiled {
  readonly action: 'append' | 'overwrite' | 'remove';
  readonly part: 'header' | 'status';
  readonly name: string;
  readonly selection: Selection;
}

/** The response mappings of an integration by the status that they are for, compiled. */
export class ResponseMappings implements AnswerEdit {
  readonly #byStatus: ReadonlyMap<number, readonly Compiled[]>;
  /** A body is looked into, so that it has to be there whole before the head is sent. */
  readonly needsBody: boolean;

  constructor(responses: readonly ResponseMapping[]) {
    this.#byStatus = new Map(
      responses.map(({ status, mappings }) => [
        status,
        mappings.map(({ action, part, name, value }): Compiled => ({ action, part: part === 'status' ? 'status' : 'header', name, selection: compileSelection(value) })),
      ]),
    );
    this.needsBody = [...this.#byStatus.values()].some((mappings) => mappings.some(({ selection }) => selection.needsBody));
  }

  get empty(): boolean {
    return this.#byStatus.size === 0;
  }

  /** The mappings with the body of one answer, for those that look into it. */
  withBody(body: Buffer | null): AnswerEdit {
    return { edit: (call, answer) => this.#edit(call, answer, body) };
  }

  edit(call: ApiExchange, answer: EditedHead): EditedHead {
    return this.#edit(call, answer, null);
  }

  #edit(call: ApiExchange, answer: EditedHead, body: Buffer | null): EditedHead {
    const mappings = this.#byStatus.get(answer.status);
    if (mappings === undefined) return answer;
    let { status, headers } = answer;
    const source = { call, body: null, response: { headers: answer.headers, body } };
    for (const { action, part, name, selection } of mappings) {
      const value = action === 'remove' ? '' : selection.value(source);
      if (value === null) continue;
      if (part === 'header') headers = editedFields(headers, { action, name }, value);
      else if (/^[2-5]\d\d$/.test(value)) status = Number(value);
    }
    return { status, headers };
  }
}
