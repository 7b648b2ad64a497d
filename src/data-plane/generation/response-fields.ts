import type { ResponseField } from '../../snapshot/index.ts';
import type { Exchange, ResponseEdit } from '../exchange/index.ts';

/**
 * The fields that a listener gives to every answer, in place of what the target sent by those names.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
 */
export class ResponseFields implements ResponseEdit {
  readonly #own: RegExp;
  readonly #lines: string;

  constructor(fields: readonly ResponseField[]) {
    this.#own = new RegExp(`^(?:${fields.map(({ name }) => name).join('|')}):.*\\r\\n`, 'gim');
    this.#lines = fields.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  }

  edit(_exchange: Exchange, headers: string): string {
    return headers.replace(this.#own, '') + this.#lines;
  }
}
