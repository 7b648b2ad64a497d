const REFERENCE = /\$\{stageVariables\.([A-Za-z0-9_]+)\}/g;

/** Puts a stage's variables in, and nothing for those that are not there, with `missing` told their names. */
export function withKnownStageVariables(text: string, variables: Readonly<Record<string, string>>, missing: (name: string) => void): string {
  return text.replace(REFERENCE, (_whole, name: string) => {
    if (Object.hasOwn(variables, name)) return variables[name]!;
    missing(name);
    return '';
  });
}

/** Puts a stage's variables in; null where one of them is not there, with `missing` told its name. */
export function withStageVariables(text: string, variables: Readonly<Record<string, string>>, missing: (name: string) => void): string | null {
  let complete = true;
  const filled = withKnownStageVariables(text, variables, (name) => {
    complete = false;
    missing(name);
  });
  return complete ? filled : null;
}
