import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from '../../../access/index.ts';
import { FakeClock } from '../../../kernel/index.ts';
import type { Exchange } from '../../exchange/index.ts';
import { FunctionUrlSignatures } from './function-url-signatures.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';
const exchange = { method: 'GET', target: '/', headers: '', userAgent: null, startedWall: 0, downstream: { remoteAddress: '127.0.0.1', tls: null } } as unknown as Exchange;

function says(effect: 'Allow' | 'Deny', principal?: string): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: effect, Action: '*', Resource: '*', ...(principal !== undefined && { Principal: { AWS: principal } }) }] });
}

/** Whether somebody of the function's account, whose signature is right, may call. */
function letsIn(has: { readonly own?: string; readonly boundary?: string; readonly functions?: string }): boolean {
  const policy = (text: string | undefined) => (text === undefined ? null : parsePolicy(JSON.parse(text)));
  const own = policy(has.own);
  const known = {
    signer: { id: 'AKIDEXAMPLE', account: '123456789012', principal: 'arn:aws:iam::123456789012:user/ann', userId: 'AIDAEXAMPLE' },
    policies: own === null ? [] : [own], boundary: policy(has.boundary), readable: true,
  };
  const signers = { known: () => known, verifier: () => ({ verify: () => ({ ok: true, scope: { accessKeyId: 'AKIDEXAMPLE', region: 'us-east-1' } }) }) };
  const url = { region: 'us-east-1', account: '123456789012', functionArn: FUNCTION, policy: has.functions === undefined ? null : JSON.parse(has.functions) as unknown };
  return new FunctionUrlSignatures(url as never, { signers: () => signers as never, clock: new FakeClock() }).caller(exchange, null) !== null;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
test('what any policy denies stays denied, whoever allows it', () => {
  const functions = says('Allow', 'arn:aws:iam::123456789012:user/ann');
  assert.equal(letsIn({}), false);
  assert.equal(letsIn({ own: says('Allow') }), true);
  assert.equal(letsIn({ functions }), true);
  assert.equal(letsIn({ own: says('Deny'), functions }), false);
  assert.equal(letsIn({ own: says('Allow'), functions: says('Deny', '*') }), false);
  assert.equal(letsIn({ own: says('Allow'), boundary: says('Deny') }), false);
  assert.equal(letsIn({ functions, boundary: says('Deny') }), false);
});
