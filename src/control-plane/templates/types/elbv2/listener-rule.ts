import { pick, type ResourceType } from '../resource-type.ts';
import { number, properties, text } from '../schema.ts';
import { actions, conditions, transforms } from './action.ts';

export const listenerRule: ResourceType = {
  name: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  nameProperty: null,
  properties: properties({
    replace: { 'ListenerArn!': text },
    inPlace: { 'Actions!': actions, 'Conditions!': conditions, 'Priority!': number, Transforms: transforms },
  }),
  attributes: ['IsDefault', 'RuleArn'],

  async create({ call, properties, made }) {
    const created = await call('elbv2', 'CreateRule', pick(properties, ['ListenerArn', 'Actions', 'Conditions', 'Priority', 'Transforms']));
    const arn: string = created.Rules[0].RuleArn;
    await made(arn);
    return arn;
  },

  async update({ call, physicalId, properties, changed }) {
    if (changed.has('Priority')) await call('elbv2', 'SetRulePriorities', { RulePriorities: [{ RuleArn: physicalId, Priority: properties['Priority'] }] });
    const settings = ['Actions', 'Conditions', 'Transforms'].filter((name) => changed.has(name));
    if (settings.length > 0) {
      const resets = settings.includes('Transforms') && properties['Transforms'] === undefined ? { ResetTransforms: true } : {};
      await call('elbv2', 'ModifyRule', { RuleArn: physicalId, ...pick(properties, settings), ...resets });
    }
  },

  async delete({ call, physicalId }) {
    await call('elbv2', 'DeleteRule', { RuleArn: physicalId });
  },

  // A rule that a template makes is never its listener's default.
  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { IsDefault: false, RuleArn: physicalId } }),
};
