import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSource, type PlainMap } from '../document/source.ts';
import { readConditions } from '../conditions.ts';
import { Problems, sentence } from '../problem.ts';
import { evaluate } from './evaluate.ts';
import type { Scope } from './scope.ts';
import { NO_VALUE, UNKNOWN, type Value } from './value.ts';

function scopeOf(more: { readonly extensions?: boolean } = {}): Scope {
  const problems = new Problems();
  const shared = {
    problems,
    parameters: new Map<string, Value>([
      ['Env', 'prod'], ['Count', '2'], ['Cidrs', ['10.0.0.0/24', '10.0.1.0/24']], ['AWS::Region', 'eu-west-1'], ['AWS::StackName', 'shop'], ['AWS::NoValue', NO_VALUE],
    ]),
    mappings: { Sizes: { prod: { memory: 512, zones: ['a', 'b'] }, dev: { memory: 128 } } },
    exported: (name: string) => (name === 'net-vpc' ? 'vpc-1' : undefined),
    zones: (region: string) => (region === '' || region === 'eu-west-1' ? ['eu-west-1a', 'eu-west-1b'] : []),
    languageExtensions: more.extensions ?? false,
  };
  const conditions = readConditions(plain('IsProd: !Equals [!Ref Env, prod]\nIsDev: !Not [!Condition IsProd]\nLoopA: !Condition LoopB\nLoopB: !Condition LoopA') as PlainMap, shared);
  return {
    ...shared,
    conditions,
    resources: {
      names: ['Web', 'Later'],
      find: (name) => (name === 'Web' ? { ref: 'web-1', attributes: { Arn: 'arn:web', 'Endpoint.Port': 80 } } : undefined),
    },
  };
}

function plain(yaml: string): ReturnType<typeof readSource> & {} {
  const problems = new Problems();
  const value = readSource(yaml, problems);
  assert.deepEqual(problems.list, []);
  return value!;
}

const GIVES: readonly (readonly [string, Value])[] = [
  ['!Ref Env', 'prod'],
  ['!Ref Web', 'web-1'],
  ['!Ref Later', UNKNOWN],
  ['{ Ref: AWS::Region }', 'eu-west-1'],
  ['[1, !Ref AWS::NoValue, 2]', [1, 2]],
  ['{ a: 1, b: !Ref AWS::NoValue }', { a: 1 }],
  ['!GetAtt Web.Arn', 'arn:web'],
  ['!GetAtt Web.Endpoint.Port', 80],
  ['!GetAtt [Web, Arn]', 'arn:web'],
  ['{ Fn::GetAtt: Web.Arn }', 'arn:web'],
  ['!Sub "${Env}-${Web}-${Web.Arn}-${AWS::Region}-${!Env}"', 'prod-web-1-arn:web-eu-west-1-${Env}'],
  ['!Sub ["${Name}/${Env}", { Name: !Ref Count, Env: mine }]', '2/mine'],
  ['!Sub "${Later}"', UNKNOWN],
  ['!Join ["-", [a, 1, true, !Ref Env]]', 'a-1-true-prod'],
  ['!Join ["", !Ref Cidrs]', '10.0.0.0/2410.0.1.0/24'],
  ['!Join [",", [a, !Ref Later]]', UNKNOWN],
  ['!Split ["|", "a||b"]', ['a', '', 'b']],
  ['!Select [1, !Ref Cidrs]', '10.0.1.0/24'],
  ['!Select ["0", !Split [",", "x,y"]]', 'x'],
  ['!Select [!Ref Count, [a, b, c]]', 'c'],
  ['!FindInMap [Sizes, !Ref Env, memory]', 512],
  ['!FindInMap [Sizes, prod, zones]', ['a', 'b']],
  ['!ImportValue net-vpc', 'vpc-1'],
  ['Fn::ImportValue: !Sub "net-vpc"', 'vpc-1'],
  ['!GetAZs ""', ['eu-west-1a', 'eu-west-1b']],
  ['!GetAZs { Ref: AWS::Region }', ['eu-west-1a', 'eu-west-1b']],
  ['!Base64 "#!/bin/sh"', 'IyEvYmluL3No'],
  ['!Cidr ["10.0.0.0/16", 3, 8]', ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
  ['!Cidr ["10.0.5.9/16", "1", "4"]', ['10.0.0.0/28']],
  ['!Cidr ["2001:db8::/56", 2, 64]', ['2001:db8::/64', '2001:db8:0:1::/64']],
  ['!If [IsProd, big, small]', 'big'],
  ['!If [IsDev, !Ref Missing, small]', 'small'],
  ['!If [IsDev, x, !Ref AWS::NoValue]', NO_VALUE],
  ['!Equals [true, "true"]', true],
  ['!Equals [1, "1"]', true],
  ['!Equals [[a], [a]]', true],
  ['!Equals [a, A]', false],
  ['!And [!Condition IsProd, !Equals [a, a]]', true],
  ['!And [!Condition IsProd, !Condition IsDev]', false],
  ['!Or [!Condition IsProd, !Condition IsDev]', true],
  ['!Not [!Condition IsProd]', false],
  ['{ Condition: IsProd }', true],
  // a policy document's Condition is a map, not a function
  ['{ Condition: { StringEquals: { a: b } } }', { Condition: { StringEquals: { a: 'b' } } }],
  ['012345678901', '012345678901'],
  ['2012-10-17', '2012-10-17'],
  ['1.10', '1.10'],
];

for (const [yaml, expected] of GIVES) {
  test(`${yaml} gives ${typeof expected === 'symbol' ? String(expected) : JSON.stringify(expected)}`, () => {
    const scope = scopeOf();
    const value = evaluate(plain(yaml), 'X', scope);
    assert.deepEqual(scope.problems.list, []);
    assert.deepEqual(value, expected);
  });
}

const EXTENDED: readonly (readonly [string, Value])[] = [
  ['!Length [a, b]', 2],
  ['!ToJsonString { a: [1, true], b: !Ref Env }', '{"a":[1,true],"b":"prod"}'],
  ['!FindInMap [Sizes, none, memory, { DefaultValue: 64 }]', 64],
];

for (const [yaml, expected] of EXTENDED) {
  test(`with language extensions ${yaml} gives ${JSON.stringify(expected)}`, () => {
    const scope = scopeOf({ extensions: true });
    assert.deepEqual(evaluate(plain(yaml), 'X', scope), expected);
    assert.deepEqual(scope.problems.list, []);
  });
}

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['!Ref Missing', /^X\.Ref: got "Missing"; no parameter or resource has that name; there are Env,/],
  ['!Ref [a]', /^X\.Ref: got \["a"\]; allowed: the name/],
  ['!GetAtt Web.Nothing', /^X\.Fn::GetAtt: got "Nothing"; allowed attributes of Web: Arn, Endpoint.Port$/],
  ['!GetAtt Missing.Arn', /no resource has that name; there are Web, Later/],
  ['!GetAtt Web', /allowed: \[resource, attribute\]/],
  ['!Sub "${Missing}"', /^X\.Fn::Sub: got "Missing"/],
  ['!Sub "${ Env }"', /allowed: \$\{Name\}/],
  ['!Sub "${Cidrs}"', /use Fn::Join for lists/],
  ['!Sub [a]', /allowed: text, or \[text, map of variables\]/],
  ['!Join [a]', /allowed: \[delimiter, \[value, \.\.\.\]\]/],
  ['!Join ["-", [[a]]]', /lists and maps cannot be joined/],
  ['!Split ["", a]', /at least one character/],
  ['!Select [5, [a, b]]', /got 5; allowed: an index from 0 to 1/],
  ['!Select [-1, [a]]', /allowed: an index/],
  ['!FindInMap [Sizes, none, memory]', /got "none"; allowed here: prod, dev/],
  ['!FindInMap [None, a, b]', /got "None"; allowed here: Sizes/],
  ['!ImportValue other', /no stack of this account and region exports that name/],
  ['!GetAZs us-east-1', /got "us-east-1"; allowed: the region of the stack/],
  ['!Base64 [a]', /allowed: text to encode/],
  ['!Cidr ["10.0.0.0/16", 3]', /allowed: \[address block, count, host bits\]/],
  ['!Cidr ["10.0.0/16", 3, 8]', /allowed: an address block/],
  ['!Cidr ["10.0.0.0/16", 257, 4]', /a count from 1 to 256/],
  ['!Cidr ["10.0.0.0/24", 3, 8]', /at most 1 blocks/],
  ['!Cidr ["10.0.0.0/24", 1, 9]', /1 to 8 host bits/],
  ['!If [Unknown, a, b]', /allowed conditions: IsProd, IsDev/],
  ['!If [IsProd, a]', /\[condition, value if true, value if false\]/],
  ['!Condition LoopA', /LoopA -> LoopB -> LoopA"; allowed: conditions that do not come back/],
  ['!And [!Condition IsProd]', /2 to 10 conditions/],
  ['!Not [maybe]', /got "maybe"; allowed: a condition/],
  ['!Length [a]', /only with `Transform: AWS::LanguageExtensions`/],
  ['!Transform { Name: AWS::Include }', /got "AWS::Include"; macros are not served/],
  ['{ Fn::Nope: a }', /^X: got "Fn::Nope"; allowed functions: Ref,/],
  ['{ Ref: Env, More: 1 }', /allowed: Ref alone/],
  ['"{{resolve:ssm:name}}"', /dynamic references are not served/],
];

for (const [yaml, expected] of REFUSED) {
  test(`${yaml} is refused`, () => {
    const scope = scopeOf();
    assert.equal(evaluate(plain(yaml), 'X', scope), UNKNOWN);
    assert.equal(scope.problems.list.length, 1, JSON.stringify(scope.problems.list));
    assert.match(sentence(scope.problems.list[0]!), expected);
  });
}
