import { AwsError } from '../error.ts';
import type { OperationModel } from '../model/service-model.ts';
import { styleOf, type ValidationStyle } from './style.ts';
import type { Violation } from './validator.ts';

/** The error for broken constraints, in the words and under the code of the operation's service. */
export function validationError(operation: OperationModel, violations: readonly Violation[]): AwsError {
  const style = styleOf(operation.service.name);
  switch (style.wording) {
    case 'coral':
      return new AwsError(style.code, patternSentence(violations, style) ?? coralSentence(violations), { status: 400 });
    case 'ec2':
      return ec2Error(violations[0]!, style.code);
    case 's3':
      return s3Error(violations[0]!, style.code);
  }
}

/** "2 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must not be null; Value ..." */
export function coralSentence(violations: readonly Violation[]): string {
  const sentences = violations.map((violation) => {
    const value = violation.value === null ? 'Value null' : violation.value === undefined ? 'Value' : `Value '${violation.value}'`;
    return `${value} at '${violation.path}' failed to satisfy constraint: ${violation.requirement}`;
  });
  return `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: ${sentences.join('; ')}`;
}

/** Null where the service has no words of its own for what is broken first. */
function patternSentence([first]: readonly Violation[], { patternWords }: ValidationStyle): string | null {
  if (first?.kind !== 'pattern') return null;
  const source = first.requirement.slice(first.requirement.indexOf(': ') + 2);
  return Object.hasOwn(patternWords, source) ? patternWords[source]!.replace('NAME', first.path) : null;
}

/** EC2 reports the first only, by the parameter's name (EC2 API Reference, "Client error codes"). */
function ec2Error(violation: Violation, code: string): AwsError {
  const parameter = violation.path.split('.').filter((step) => step !== 'member').map((step) => step.charAt(0).toUpperCase() + step.slice(1)).join('.');
  if (violation.kind === 'null') return new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`, { status: 400 });
  return new AwsError(code, `Value (${violation.value ?? ''}) for parameter ${parameter} is invalid. ${violation.requirement}`, { status: 400 });
}

function s3Error(violation: Violation, code: string): AwsError {
  if (violation.inBody) return new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema', { status: 400 });
  if (violation.kind === 'null') return new AwsError('InvalidRequest', `Missing required parameter: ${violation.path}`, { status: 400 });
  return new AwsError(code, `${violation.requirement} (${violation.path}: ${violation.value ?? ''})`, { status: 400 });
}
