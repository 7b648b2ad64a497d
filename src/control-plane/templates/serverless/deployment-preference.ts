import { isPlainMap, type Plain } from '../document/source.ts';
import type { Problems } from '../problem.ts';
import { checked } from './expansion.ts';

const SHIFTED = 'traffic is not shifted step by step here, and there is no CodeDeploy that would watch it';
/** What CodeDeploy does beside moving the alias. */
const REFUSED: Readonly<Record<string, string>> = {
  Alarms: `${SHIFTED}: leave Alarms out`, Hooks: `${SHIFTED}: leave Hooks out`, Role: `${SHIFTED}: leave Role out`, TriggerConfigurations: `${SHIFTED}: leave TriggerConfigurations out`,
};

/**
 * DeploymentPreference: `AllAtOnce` is what an alias that is moved does, and what is not enabled does nothing; everything else is refused by name.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
 */
export function checkDeploymentPreference(value: Plain | undefined, alias: Plain | undefined, { path, problems }: { readonly path: string; readonly problems: Problems }): void {
  if (value === undefined) return;
  const enabled = isPlainMap(value) ? value['Enabled'] : undefined;
  if (enabled === false || enabled === 'false') return;
  const { Type: type } = checked(value, { path, problems }, { served: ['Enabled', 'PassthroughCondition', 'Type'], refused: REFUSED });
  if (enabled !== undefined && enabled !== true && enabled !== 'true') problems.add(`${path}.Enabled`, enabled, 'allowed: true, false');
  if (type !== 'AllAtOnce') problems.add(`${path}.Type`, type, `allowed: AllAtOnce, or Enabled: false; ${SHIFTED}. Give an alias a RoutingConfig of your own`);
  if (alias === undefined) problems.add(path, value, 'allowed with AutoPublishAlias only: what is deployed is an alias');
}
