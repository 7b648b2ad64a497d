const REFERENCE = /\$\{stageVariables\.([A-Za-z0-9_]+)\}/g;

/** Puts a stage's variables in; null where one of them is not there, with `missing` told its name. */
export function withStageVariables(text: string, variables: Readonly<Record<string, string>>, missing: (name: string) => void): string | null {
  let complete = true;
  const filled = text.replace(REFERENCE, (whole, name: string) => {
    if (Object.hasOwn(variables, name)) return variables[name]!;
    complete = false;
    missing(name);
    return whole;
  });
  return complete ? filled : null;
}
