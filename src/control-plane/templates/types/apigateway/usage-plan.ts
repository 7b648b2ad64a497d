import { without, type Properties, type ResourceType } from '../resource-type.ts';
import { listOf, mapOf, number, oneOf, properties, record, tags, text } from '../schema.ts';
import { retag, said, tagMap, type PatchOperation } from './patch.ts';

interface Throttle {
  readonly BurstLimit?: number;
  readonly RateLimit?: number;
}

interface Stage {
  readonly ApiId?: string;
  readonly Stage?: string;
  readonly Throttle?: Readonly<Record<string, Throttle>>;
}

const throttle = record({ BurstLimit: number, RateLimit: number });

export const usagePlan: ResourceType = {
  name: 'AWS::ApiGateway::UsagePlan',
  nameProperty: null,
  properties: properties({
    replace: {},
    inPlace: {
      ApiStages: listOf(record({ ApiId: text, Stage: text, Throttle: mapOf(throttle) })), Description: text, Quota: record({ Limit: number, Offset: number, Period: oneOf('DAY', 'WEEK', 'MONTH') }), Tags: tags, Throttle: throttle,
      UsagePlanName: text,
    },
  }),
  attributes: ['Id'],

  async create({ call, properties, generatedName, made }) {
    const { ApiStages: stages = [], Description: description, Quota: quota, Throttle: limits, UsagePlanName: name = generatedName(128) } = properties;
    const { id } = await call('apigateway', 'CreateUsagePlan', said({
      name, description, apiStages: stages.map(wireStage), tags: tagMap(properties['Tags']), throttle: limits === undefined ? undefined : wireThrottle(limits),
      quota: quota === undefined ? undefined : said({ limit: quota.Limit, offset: quota.Offset, period: quota.Period }),
    }));
    await made(id);
    return id as string;
  },

  async update({ call, physicalId, properties, previous, changed, region, partition }) {
    const patchOperations = [
      ...(changed.has('UsagePlanName') ? [{ op: 'replace', path: '/name', value: properties['UsagePlanName'] ?? previous['UsagePlanName'] }] : []),
      ...(changed.has('Description') ? [{ op: 'replace', path: '/description', value: properties['Description'] ?? '' }] : []),
      ...(changed.has('Throttle') ? limitPatch('/throttle', properties['Throttle'], { BurstLimit: 'burstLimit', RateLimit: 'rateLimit' }) : []),
      ...(changed.has('Quota') ? limitPatch('/quota', properties['Quota'], { Limit: 'limit', Offset: 'offset', Period: 'period' }) : []),
      ...(changed.has('ApiStages') ? stagePatch(previous['ApiStages'], properties['ApiStages']) : []),
    ];
    if (patchOperations.length > 0) await call('apigateway', 'UpdateUsagePlan', { usagePlanId: physicalId, patchOperations });
    if (changed.has('Tags')) await retag(call, `arn:${partition}:apigateway:${region}::/usageplans/${physicalId}`, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    // a plan with stages is not deleted
    const { apiStages } = await call('apigateway', 'GetUsagePlan', { usagePlanId: physicalId });
    const patchOperations = apiStages.map(({ apiId, stage }: { readonly apiId: string; readonly stage: string }): PatchOperation => ({ op: 'remove', path: '/apiStages', value: `${apiId}:${stage}` }));
    if (patchOperations.length > 0) await call('apigateway', 'UpdateUsagePlan', { usagePlanId: physicalId, patchOperations });
    await call('apigateway', 'DeleteUsagePlan', { usagePlanId: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { Id: physicalId } }),
};

function wireThrottle({ BurstLimit: burstLimit, RateLimit: rateLimit }: Throttle): Readonly<Record<string, unknown>> {
  return said({ burstLimit, rateLimit });
}

function wireStage({ ApiId: apiId, Stage: stage, Throttle: limits = {} }: Stage): object {
  return { ...said({ apiId, stage }), throttle: Object.fromEntries(Object.entries(limits).map(([route, limit]) => [route, wireThrottle(limit)])) };
}

/** All of it anew, so that what left the template is gone. */
function limitPatch(path: string, settings: Properties | undefined, names: Readonly<Record<string, string>>): readonly PatchOperation[] {
  const added = Object.entries(names).flatMap(([name, member]): PatchOperation[] => (settings?.[name] === undefined ? [] : [{ op: 'add', path: `${path}/${member}`, value: String(settings[name]) }]));
  return [{ op: 'remove', path }, ...added];
}

function stagePatch(previous: readonly Stage[] | undefined, next: readonly Stage[] | undefined): readonly PatchOperation[] {
  const name = ({ ApiId, Stage: stage }: Stage): string => `${ApiId}:${stage}`;
  return [
    ...without(previous, next).map((stage): PatchOperation => ({ op: 'remove', path: '/apiStages', value: name(stage) })),
    ...without(next, previous).flatMap((stage): readonly PatchOperation[] => [
      { op: 'add', path: '/apiStages', value: name(stage) },
      ...Object.entries(stage.Throttle ?? {}).flatMap(([route, limits]): readonly PatchOperation[] =>
        Object.entries(wireThrottle(limits)).map(([limit, value]): PatchOperation => ({ op: 'replace', path: `/apiStages/${name(stage)}/throttle/${route}/${limit}`, value: String(value) }))),
    ]),
  ];
}
