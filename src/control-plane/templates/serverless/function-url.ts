import type { Plain, PlainMap } from '../document/source.ts';
import { around, checked, type Declared, type Expansion, some } from './expansion.ts';
import type { Published } from './published-alias.ts';

/**
 * FunctionUrlConfig of a function: its URL, and for `AuthType: NONE` the statements that let everybody in.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-functionurlconfig.html
 */
export function expandFunctionUrl(functionId: string, config: Plain | undefined, { declared, problems, resources, published: { target, alias } }: Expansion & { readonly declared: Declared; readonly published: Published }): void {
  if (config === undefined) return;
  const { AuthType: auth, ...rest } = checked(config, { path: `Resources.${functionId}.Properties.FunctionUrlConfig`, problems }, { served: ['AuthType', 'Cors', 'InvokeMode'] });
  const beside = around(declared, ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy']);
  resources.set(`${functionId}Url`, { ...beside, Type: 'AWS::Lambda::Url', ...(alias !== null && { DependsOn: String(target['Ref']) }), Properties: some({ TargetFunctionArn: { Ref: functionId }, Qualifier: alias ?? undefined, AuthType: auth, ...rest }) });
  if (auth !== 'NONE') return;
  const permit = (name: string, more: PlainMap): void => {
    resources.set(`${functionId}${name}`, { ...beside, Type: 'AWS::Lambda::Permission', Properties: { FunctionName: target, Principal: '*', ...more } });
  };
  permit('UrlPublicPermissions', { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' });
  // Asked for beside it since October 2025: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
  permit('URLInvokeAllowPublicAccess', { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true });
}
