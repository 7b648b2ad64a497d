import type { AuthenticateCognitoAction, AuthenticateOidcAction, JwtValidationAction } from './authentication-action.ts';

/** What a rule does. AWS's shapes with every default filled in; refused kinds have no type here, so they cannot be stored. */
export type Action = ForwardAction | RedirectAction | FixedResponseAction | AuthenticateOidcAction | AuthenticateCognitoAction | JwtValidationAction;

export interface Ordered {
  /** As given, 1 to 50000; null where the caller gave none. */
  readonly Order: number | null;
}

export interface ForwardAction extends Ordered {
  readonly Type: 'forward';
  readonly ForwardConfig: {
    /** One to five. */
    readonly TargetGroups: readonly WeightedTargetGroup[];
    readonly TargetGroupStickinessConfig: { readonly Enabled: boolean; readonly DurationSeconds: number | null };
  };
}

export interface WeightedTargetGroup {
  readonly TargetGroupArn: string;
  /** 0 to 999. */
  readonly Weight: number;
}

export interface RedirectAction extends Ordered {
  readonly Type: 'redirect';
  /** Parts may hold `#{protocol}`, `#{host}`, `#{port}`, `#{path}`, `#{query}`. */
  readonly RedirectConfig: {
    readonly Protocol: string;
    readonly Port: string;
    readonly Host: string;
    /** Starts with `/`. */
    readonly Path: string;
    readonly Query: string;
    readonly StatusCode: 'HTTP_301' | 'HTTP_302';
  };
}

export interface FixedResponseAction extends Ordered {
  readonly Type: 'fixed-response';
  readonly FixedResponseConfig: {
    /** Three digits. */
    readonly StatusCode: string;
    readonly ContentType: string | null;
    readonly MessageBody: string | null;
  };
}

/** The target groups that a list of actions names, each once. */
export function targetGroupsOf(actions: readonly Action[]): readonly string[] {
  const arns = new Set<string>();
  for (const action of actions) {
    if (action.Type === 'forward') for (const group of action.ForwardConfig.TargetGroups) arns.add(group.TargetGroupArn);
  }
  return [...arns];
}
