import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ModelDocument } from '../model/document.ts';
import { openModels } from '../model/library.ts';
import { ServiceModel } from '../model/service-model.ts';
import { compilePattern } from './pattern.ts';
import { coralSentence, validationError } from './sentence.ts';
import { Validator } from './validator.ts';

const document: ModelDocument = {
  metadata: { apiVersion: '1', protocol: 'json' },
  operations: { Do: { name: 'Do', input: { shape: 'In' } } },
  shapes: {
    In: {
      type: 'structure', required: ['Name', 'Token'],
      members: { Name: { shape: 'Name' }, Token: { shape: 'Any', idempotencyToken: true }, Size: { shape: 'Size' }, Color: { shape: 'Color' }, Tags: { shape: 'Tags' }, Names: { shape: 'Names' }, Map: { shape: 'Map' }, Deep: { shape: 'Deep' }, Password: { shape: 'Password' }, Bytes: { shape: 'Bytes' }, Things: { shape: 'Things' } },
    },
    Any: { type: 'string' },
    Name: { type: 'string', min: 2, max: 5, pattern: '[a-z]+' },
    Size: { type: 'integer', min: 1, max: 10 },
    Color: { type: 'string', enum: ['red', 'blue'] },
    Tags: { type: 'list', member: { shape: 'Tag' }, max: 2 },
    Tag: { type: 'structure', required: ['Key'], members: { Key: { shape: 'Name' } } },
    Names: { type: 'list', member: { shape: 'Name' }, min: 1 },
    Map: { type: 'map', key: { shape: 'Name' }, value: { shape: 'Color' } },
    Deep: { type: 'structure', members: { Tag: { shape: 'Tag' } } },
    Password: { type: 'string', min: 8, sensitive: true },
    Bytes: { type: 'blob', max: 2 },
    Things: { type: 'map', key: { shape: 'Any' }, value: { shape: 'Tag' } },
  },
};
const operation = new ServiceModel('test', document).operation('Do')!;
const validator = new Validator();

function sentence(input: Record<string, unknown>): string {
  const violations = validator.violations(operation, { Name: 'abc', ...input });
  return violations.length === 0 ? '' : coralSentence(violations);
}

const one = (text: string): string => `1 validation error detected: ${text}`;

describe('validation in the words of AWS', () => {
  const rows: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['nothing wrong', { Size: 1, Color: 'red', Tags: [{ Key: 'ab' }], Names: ['ab'], Map: { ab: 'red' } }, ''],
    ['absent', { Name: undefined }, one("Value null at 'name' failed to satisfy constraint: Member must not be null")],
    ['too short', { Name: 'a' }, one("Value 'a' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2")],
    ['too long', { Name: 'abcdef' }, one("Value 'abcdef' at 'name' failed to satisfy constraint: Member must have length less than or equal to 5")],
    ['pattern', { Name: 'aBc' }, one("Value 'aBc' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+")],
    ['two at once', { Name: 'A' }, "2 validation errors detected: Value 'A' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2; Value 'A' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+"],
    ['too small', { Size: 0 }, one("Value '0' at 'size' failed to satisfy constraint: Member must have value greater than or equal to 1")],
    ['too large', { Size: 11 }, one("Value '11' at 'size' failed to satisfy constraint: Member must have value less than or equal to 10")],
    ['enum', { Color: 'green' }, one("Value 'green' at 'color' failed to satisfy constraint: Member must satisfy enum value set: [red, blue]")],
    ['in a list of structures', { Tags: [{ Key: 'ab' }, {}] }, one("Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null")],
    ['in a structure', { Deep: { Tag: { Key: 'x' } } }, one("Value 'x' at 'deep.tag.key' failed to satisfy constraint: Member must have length greater than or equal to 2")],
    ['items of a simple list', { Names: ['ab', 'C'] }, one("Value '[ab, C]' at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 2, Member must satisfy regular expression pattern: [a-z]+]")],
    ['length of a list', { Names: [] }, one("Value '[]' at 'names' failed to satisfy constraint: Member must have length greater than or equal to 1")],
    ['length of a list of structures', { Tags: [{ Key: 'ab' }, { Key: 'ab' }, { Key: 'ab' }] }, one("Value '[{Key=ab}, {Key=ab}, {Key=ab}]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 2")],
    ['keys of a map', { Map: { A: 'red' } }, one("Value '{A=red}' at 'map' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 2, Member must satisfy regular expression pattern: [a-z]+]")],
    ['values of a map', { Map: { ab: 'green' } }, one("Value '{ab=green}' at 'map' failed to satisfy constraint: Map value must satisfy constraint: [Member must satisfy enum value set: [red, blue]]")],
    ['in a map of structures', { Things: { one: {} } }, one("Value null at 'things.one.member.key' failed to satisfy constraint: Member must not be null")],
    ['a secret', { Password: 'short' }, one("Value at 'password' failed to satisfy constraint: Member must have length greater than or equal to 8")],
    ['bytes', { Bytes: new Uint8Array(3) }, one("Value at 'bytes' failed to satisfy constraint: Member must have length less than or equal to 2")],
  ];
  for (const [name, input, expected] of rows) test(name, () => assert.equal(sentence(input), expected));

  test('thousands of errors are not thousands of sentences', () => {
    assert.equal(validator.violations(operation, { Name: 'abc', Deep: {}, Things: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, {}])) }).length, 20);
  });

  test('each service under its own code', () => {
    const models = openModels();
    const rows: readonly (readonly [string, string, Record<string, unknown>, string, RegExp])[] = [
      ['elbv2', 'CreateTargetGroup', {}, 'ValidationError', /^1 validation error detected: Value null at 'name'/],
      ['iam', 'GetRole', { RoleName: 'a b' }, 'ValidationError', /^The specified value for roleName is invalid\. It must contain only alphanumeric characters and\/or the following: \+=,\.@_-$/],
      ['lambda', 'GetFunction', { FunctionName: '!' }, 'ValidationException', /at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern/],
      ['lambda', 'UpdateFunctionConfiguration', { FunctionName: 'f', Layers: ['no'] }, 'ValidationException', /^1 validation error detected: Value '\[no\]' at 'layers' failed to satisfy constraint: Member must satisfy constraint: \[Member must have length less than or equal to \d+, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: .*, Member must not be null\]$/],
      ['apigateway', 'CreateAuthorizer', { restApiId: 'a', type: 'TOKEN' }, 'ValidationException', /^1 validation error detected: Value null at 'createAuthorizerInput\.name' failed to satisfy constraint: Member must not be null$/],
      ['apigateway', 'GetRestApi', {}, 'ValidationException', /Value null at 'restApiId' failed/],
      ['apigatewayv2', 'CreateIntegration', { IntegrationType: 'MOCK', TimeoutInMillis: 1 }, 'BadRequestException', /^1 validation error detected: Value null at 'apiId' failed to satisfy constraint: Member must not be null$/],
      ['apigatewayv2', 'CreateApi', { CorsConfiguration: { MaxAge: -2 }, ProtocolType: 'FTP' }, 'BadRequestException', /^1 validation error detected: Value '-2' at 'corsConfiguration\.maxAge'/],
      ['cloudfront', 'CreateInvalidation', { DistributionId: 'a', InvalidationBatch: { CallerReference: 'a' } }, 'MalformedXML', /Value null at 'invalidationBatch\.paths'/],
      ['logs', 'CreateLogGroup', { logGroupName: '' }, 'InvalidParameterException', /^2 validation errors detected/],
      ['lambda', 'CreateAlias', { FunctionName: 'f', Name: 'a', FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { $LATEST: 0.2 } } }, 'ValidationException', /Map keys must satisfy constraint: \[Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: \[0-9\]\+\]$/],
      ['lambda', 'UpdateFunctionConfiguration', { FunctionName: 'f', Environment: { Variables: { '1A': 'secret' } } }, 'ValidationException', /^1 validation error detected: Value at 'environment\.variables' failed/],
      ['servicediscovery', 'RegisterInstance', { ServiceId: 's', InstanceId: 'i', Attributes: { 'my key': 'v' } }, 'InvalidInput', /Map keys must satisfy constraint: \[Member must have length less than or equal to 255, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: .*, Member must not be null\]$/],
      ['wafv2', 'CreateIPSet', {}, 'ValidationException', /Value null at 'name'/],
      ['acm', 'DescribeCertificate', {}, 'ValidationException', /Value null at 'certificateArn'/],
      ['cognito-idp', 'CreateUserPool', {}, 'InvalidParameterException', /Value null at 'poolName'/],
      ['ec2', 'RunInstances', { MinCount: 1 }, 'MissingParameter', /^The request must contain the parameter MaxCount$/],
      ['ec2', 'CreateVpc', { InstanceTenancy: 'odd' }, 'InvalidParameterValue', /^Value \(odd\) for parameter InstanceTenancy is invalid\./],
      ['route53', 'CreateHostedZone', { Name: 'a' }, 'InvalidInput', /Value null at 'callerReference'/],
      ['s3', 'PutBucketVersioning', { Bucket: 'b', VersioningConfiguration: { Status: 'Perhaps' } }, 'MalformedXML', /did not validate against our published schema/],
    ];
    for (const [service, name, input, code, message] of rows) {
      const model = models.model(service).operation(name)!;
      const error = validationError(model, validator.violations(model, input));
      assert.equal(error.code, code, service);
      assert.match(error.message, message);
    }
  });
});

describe('patterns', () => {
  test('match the whole value, as Java does', () => {
    const rows: readonly (readonly [string, string, boolean])[] = [
      ['[a-z]+', 'abc', true], ['[a-z]+', 'abc1', false], ['a|b', 'ab', false], ['^a$|b', 'b', true],
      ['[\\w-_]*', 'a-_', true], ['[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*', 'grüße 1', true], ['[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*', '<', false],
      ['\\p{ASCII}+', 'a', true], ['\\p{ASCII}+', 'ä', false], ['(?s).*', 'a\nb', true], ['.*', 'a\nb', false], ['[\\u0020-\\u00FF]+', 'aÿ', true], ['[^.]([a-zA-Z0-9\\-_.]+)', 'a.b', true],
    ];
    for (const [source, value, matches] of rows) assert.equal(compilePattern(source)?.test(value), matches, `${source} on ${value}`);
  });

  test('every pattern of every model can be read, and none can be made to run for long', () => {
    const models = openModels();
    const seen = new Set<string>();
    const hostile = ['a'.repeat(4096), 'a-'.repeat(2048), 'a.'.repeat(2048), '{'.repeat(4096), '-'.repeat(4000), 'arn:aws:lambda:us-east-1:'.repeat(160), `${'a'.repeat(2000)}!`, `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n`.repeat(40), '1'.repeat(4096), ' '.repeat(4096)];
    for (const { name } of models.catalogue) {
      const model = models.model(name);
      for (const shapeName of model.shapeNames()) {
        const { shape } = model.resolve(shapeName);
        if (shape.type !== 'string' || shape.pattern === null || seen.has(shape.pattern)) continue;
        seen.add(shape.pattern);
        const pattern = compilePattern(shape.pattern);
        assert.ok(pattern, `${name} ${shapeName}: ${shape.pattern}`);
        const started = performance.now();
        for (const value of hostile) pattern.test(`${value.slice(0, shape.max ?? undefined)}`.slice(0, 4096));
        assert.ok(performance.now() - started < 10_000, `${name} ${shapeName} took ${performance.now() - started} ms: ${shape.pattern}`);
      }
    }
    assert.ok(seen.size > 200);
  });
});
