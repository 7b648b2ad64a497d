/** The descriptor at which a shell that becomes a function's process reads the function's variables. */
export const VARIABLES_DESCRIPTOR = 5;

/** Variables as a shell reads them. Names are letters, digits and underscores: others are refused when a function is configured. */
export function exported(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`).join('');
}
