/** What a function that failed says of it: `errorMessage` of its document. Empty where there is none. */
export function errorMessage(document: string | undefined): string {
  if (document === undefined) return '';
  try {
    const said = JSON.parse(document) as { readonly errorMessage?: unknown } | null;
    return typeof said?.errorMessage === 'string' ? said.errorMessage : '';
  } catch {
    return '';
  }
}
