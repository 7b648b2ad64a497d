import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateRuleOutput, DescribeRulesOutput, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { elbStage, NOT_FOUND } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

async function rules() {
  const stage = await elbStage();
  const balancer = await stage.balancer();
  const listener = await stage.listener(balancer);
  const create = async (priority: number, conditions: readonly object[] = [{ Field: 'path-pattern', Values: [`/${priority}`] }], more: object = {}): Promise<Rule> => {
    const out = await stage.elb<CreateRuleOutput>('CreateRule', { ListenerArn: listener, Priority: priority, Conditions: conditions, Actions: [NOT_FOUND], ...more });
    return out.Rules![0]!;
  };
  const list = async (): Promise<Rule[]> => (await stage.elb<DescribeRulesOutput>('DescribeRules', { ListenerArn: listener })).Rules ?? [];
  return { stage, balancer, listener, create, list };
}

test('rules are listed by priority, the default rule last', async () => {
  const { listener, create, list } = await rules();
  await create(20);
  const ten = await create(10);
  assert.ok(ten.RuleArn?.startsWith(`${listener.replace(':listener/', ':listener-rule/')}/`));
  const listed = await list();
  assert.deepEqual(listed.map((rule) => rule.Priority), ['10', '20', 'default']);
  assert.deepEqual(listed.map((rule) => rule.IsDefault), [false, false, true]);
  assert.deepEqual(listed.at(-1)?.Actions, [NOT_FOUND]);
});

test('conditions in the old form and the new are answered in both', async () => {
  const { create } = await rules();
  const condition = async (priority: number, given: object): Promise<RuleCondition | undefined> => (await create(priority, [given])).Conditions?.[0];
  const path = { Field: 'path-pattern', Values: ['/img/*'], PathPatternConfig: { Values: ['/img/*'] } };
  assert.deepEqual(await condition(1, { Field: 'path-pattern', Values: ['/img/*'] }), path);
  assert.deepEqual(await condition(2, { Field: 'path-pattern', PathPatternConfig: { Values: ['/img/*'] } }), path);
  const host = { Field: 'host-header', Values: ['*.example.com'], HostHeaderConfig: { Values: ['*.example.com'] } };
  assert.deepEqual(await condition(3, { Field: 'host-header', HostHeaderConfig: { Values: ['*.example.com'] } }), host);
  for (const [index, given] of [
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'User-Agent', Values: ['*Chrome*'] } },
    { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET', 'PURGE-ALL'] } },
    { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8', '2001:db8::/32'] } },
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }, { Value: 'x*' }] } },
  ].entries()) assert.deepEqual(await condition(10 + index, given), given);
});

test('conditions are refused as AWS refuses them', async () => {
  const { create } = await rules();
  const refused = (conditions: readonly object[], part: string) => assert.rejects(create(1, conditions), awsError('ValidationError', part));
  await refused([], 'A condition must be specified');
  await refused([{ Field: 'nope', Values: ['a'] }], "Condition field 'nope' must be one of '[path-pattern,host-header,");
  await refused([{ Field: 'path-pattern', Values: [] }], 'A condition value must be specified');
  await refused([{ Field: 'path-pattern', Values: ['/a'], PathPatternConfig: { Values: ['/a'] } }], "both Values and 'PathPatternConfig'");
  await refused([{ Field: 'host-header', PathPatternConfig: { Values: ['/a'] } }], 'not compatible');
  await refused([{ Field: 'path-pattern', Values: ['/a b'] }], 'contains a character that is not valid');
  await refused([{ Field: 'path-pattern', Values: [`/${'a'.repeat(128)}`] }], "the limit is '128'");
  await refused([{ Field: 'host-header', Values: ['example.com:8080'] }], 'contains a character that is not valid');
  await refused([{ Field: 'host-header', Values: ['localhost'] }], 'contains a character that is not valid');
  await refused([{ Field: 'http-header', Values: ['x'] }], "'Values' field is not compatible");
  await refused([{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'Host', Values: ['x'] } }], "You cannot specify 'Host' as an HTTP header name");
  await refused([{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'a b', Values: ['x'] } }], 'not valid');
  await refused([{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['get'] } }], 'A-Z, hyphen and underscore');
  for (const value of ['10.0.0.1', '10/8', 'x/8', '10.0.0.0/33', '255.255.255.255/32']) await refused([{ Field: 'source-ip', SourceIpConfig: { Values: [value] } }], value);
  await refused([{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'a' }] } }], "A 'Value' must be specified");
  await refused([{ Field: 'path-pattern', Values: ['/a'], RegexValues: ['^/a$'] }], "You must provide exactly one of the following: ['Values' 'RegexValues'] for config of type 'PathPatternConfig'");
  await refused([{ Field: 'query-string', RegexValues: ['a'] }], "'RegexValues' is not supported for a condition of type 'query-string'");
  await refused([{ Field: 'path-pattern', RegexValues: ['^/(?=a)'] }], 'not a valid regular expression');
  await refused([{ Field: 'path-pattern', RegexValues: ['a'.repeat(129)] }], "limit is '128'");
  const path = { Field: 'path-pattern', Values: ['/a'] };
  await refused([path, path], "only have one 'path-pattern' condition");
  await refused([{ Field: 'path-pattern', Values: ['1', '2', '3', '4', '5', '6'] }], "A rule can only have '5' condition values and regex values");
  await refused([{ Field: 'path-pattern', Values: ['*******'] }], "'6' condition wildcards");
});

test('a priority is used once, and changed for many rules at once or for none', async () => {
  const { stage, create, list } = await rules();
  const [a, b, c] = [await create(1), await create(2), await create(3)];
  await assert.rejects(create(2), awsError('PriorityInUse', "Priority '2' is currently in use"));
  const set = (...pairs: (readonly [Rule, number])[]) =>
    stage.elb('SetRulePriorities', { RulePriorities: pairs.map(([rule, priority]) => ({ RuleArn: rule.RuleArn, Priority: priority })) });
  await set([a, 2], [b, 1]);
  assert.deepEqual((await list()).map((rule) => rule.RuleArn).slice(0, 3), [b.RuleArn, a.RuleArn, c.RuleArn]);
  await assert.rejects(set([a, 9], [b, 3]), awsError('PriorityInUse', "'3'"));
  assert.deepEqual((await list()).map((rule) => rule.Priority), ['1', '2', '3', 'default'], 'nothing moved');
  await assert.rejects(set([a, 9], [b, 9]), awsError('ValidationError', 'provided multiple times'));
  await assert.rejects(set([(await list()).at(-1)!, 9]), awsError('OperationNotPermitted', 'Default rule', ));
});

test('a rule is modified and deleted, the default rule is not', async () => {
  const { stage, create, list } = await rules();
  const rule = await create(5);
  const conditions = [{ Field: 'host-header', HostHeaderConfig: { Values: ['a.example.com'] } }];
  await stage.elb('ModifyRule', { RuleArn: rule.RuleArn, Conditions: conditions });
  const [changed] = await list();
  assert.deepEqual(changed?.Conditions?.[0]?.HostHeaderConfig, { Values: ['a.example.com'] });
  assert.deepEqual(changed?.Actions, rule.Actions);
  await assert.rejects(stage.elb('ModifyRule', { RuleArn: rule.RuleArn }), awsError('ValidationError', 'Either conditions or actions must be specified'));
  const byDefault = (await list()).at(-1)?.RuleArn;
  await assert.rejects(stage.elb('ModifyRule', { RuleArn: byDefault, Actions: [NOT_FOUND] }), awsError('OperationNotPermitted', 'cannot be modified'));
  await assert.rejects(stage.elb('DeleteRule', { RuleArn: byDefault }), awsError('OperationNotPermitted', 'cannot be deleted'));
  await stage.elb('DeleteRule', { RuleArn: rule.RuleArn });
  await assert.rejects(stage.elb('DeleteRule', { RuleArn: rule.RuleArn }), awsError('RuleNotFound', 'One or more rules not found'));
  assert.equal((await list()).length, 1);
});

test('rules are described by ARN', async () => {
  const { stage, listener, create, list } = await rules();
  const rule = await create(5);
  const byDefault = (await list()).at(-1)?.RuleArn;
  const out = await stage.elb<DescribeRulesOutput>('DescribeRules', { RuleArns: [byDefault, rule.RuleArn] });
  assert.deepEqual(out.Rules?.map((each) => each.Priority), ['default', '5']);
  await assert.rejects(stage.elb('DescribeRules', {}), awsError('ValidationError', 'either listener rule ARNs or a listener ARN'));
  await assert.rejects(stage.elb('DescribeRules', { ListenerArn: listener, RuleArns: [byDefault] }), awsError('ValidationError', 'at the same time'));
});

test('the quota of rules counts all listeners of the balancer', async () => {
  const stage = await elbStage({ value: (name, otherwise) => (name === 'rules-per-application-load-balancer' ? 1 : otherwise) });
  const balancer = await stage.balancer();
  const [first, second] = [await stage.listener(balancer, 80), await stage.listener(balancer, 81)];
  const input = { Priority: 1, Conditions: [{ Field: 'path-pattern', Values: ['/'] }], Actions: [NOT_FOUND] };
  await stage.elb('CreateRule', { ListenerArn: first, ...input });
  await assert.rejects(stage.elb('CreateRule', { ListenerArn: second, ...input }), awsError('TooManyRules'));
});

test('regular expressions are answered where they were given, and beside', async () => {
  const { create } = await rules();
  const condition = async (priority: number, given: object): Promise<RuleCondition | undefined> => (await create(priority, [given])).Conditions?.[0];
  const path = { Field: 'path-pattern', RegexValues: ['^/a+$'], PathPatternConfig: { RegexValues: ['^/a+$'] } };
  assert.deepEqual(await condition(1, { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/a+$'] } }), path);
  assert.deepEqual(await condition(2, { Field: 'path-pattern', RegexValues: ['^/a+$'] }), path);
  const header = { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Y', RegexValues: ['^a|b$'] } };
  assert.deepEqual(await condition(3, header), header);
});

test('transforms are kept, replaced, and removed by ResetTransforms', async () => {
  const { stage, create, list } = await rules();
  const url = { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/a/(.*)$', Replace: '/$1' }] } };
  const host = { Type: 'host-header-rewrite', HostHeaderRewriteConfig: { Rewrites: [{ Regex: '^a', Replace: 'b' }] } };
  const { RuleArn, Transforms } = await create(1, undefined, { Transforms: [url, host] });
  assert.deepEqual(Transforms, [url, host]);
  const modified = async (input: object) => {
    await stage.elb('ModifyRule', { RuleArn, ...input });
    return (await list())[0]?.Transforms;
  };
  assert.deepEqual(await modified({ Actions: [NOT_FOUND] }), [url, host], 'what is not named stays');
  assert.deepEqual(await modified({ Transforms: [host] }), [host]);
  assert.equal(await modified({ ResetTransforms: true }), undefined);
  await assert.rejects(modified({ Transforms: [host], ResetTransforms: true }), awsError('ValidationError', 'both Transforms and ResetTransforms'));
  for (const [transforms, part] of [
    [[url, url], "one 'url-rewrite' transform"], [[{ Type: 'url-rewrite' }], "A 'UrlRewriteConfig'"], [[{ ...host, UrlRewriteConfig: url.UrlRewriteConfig }], "'UrlRewriteConfig' cannot be specified"],
    [[{ Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '(?=a)', Replace: '/' }] } }], 'not a valid regular expression'],
    [[{ Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: 'a', Replace: 'b'.repeat(1025) }] } }], "limit is '1024'"],
  ] as const) await assert.rejects(create(9, undefined, { Transforms: transforms }), awsError('ValidationError', part));
});
