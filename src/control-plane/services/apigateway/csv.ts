export interface CsvRow {
  /** Of the text, from 1 on: where it begins. */
  readonly line: number;
  readonly values: readonly string[];
}

/**
 * The rows of a text in comma-separated values (RFC 4180), blank ones left out. Values may stand in double or single quotes, as API Gateway's key files have
 * them; a quote within its own kind is doubled. Null: a quote is not closed.
 */
export function csvRows(text: string): readonly CsvRow[] | null {
  const rows: CsvRow[] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  let begins = at;
  const endRow = (): void => {
    if (row.some((value) => value !== '')) rows.push({ line, values: row });
    row = [];
    // a value in quotes may have line breaks of its own
    for (; begins < at; begins++) if (text[begins] === '\n') line++;
  };
  while (at < text.length) {
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      let value = '';
      for (at++; ; at++) {
        if (at >= text.length) return null;
        if (text[at] !== quote) value += text[at];
        else if (text[at + 1] === quote) value += text[++at];
        else break;
      }
      row.push(value.trim());
      for (at++; at < text.length && !/[,\r\n]/.test(text[at]!); at++);
    } else {
      const end = text.slice(at).search(/[,\r\n]/);
      row.push(text.slice(at, end < 0 ? text.length : at + end).trim());
      at = end < 0 ? text.length : at + end;
    }
    if (text[at] === ',') {
      at++;
      if (at === text.length || text[at] === '\r' || text[at] === '\n') row.push('');
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') {
      at++;
      endRow();
    }
  }
  endRow();
  return rows;
}
