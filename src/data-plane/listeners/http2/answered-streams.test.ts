import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLOW_CONTROL_ERROR, NO_ERROR, PROTOCOL_ERROR } from '../../wire/http2/index.ts';
import { AnsweredStreams, FINE, UNKNOWN } from './answered-streams.ts';

const open = (more: { readonly owed?: number; readonly receiveWindow?: number } = {}): AnsweredStreams => {
  const streams = new AnsweredStreams();
  streams.add({ id: 1, sendWindow: 100, receiveWindow: 65_535, owed: -1, ...more }, 1_000);
  return streams;
};

describe('streams that are answered while their requests go on', () => {
  it('drops what comes until enough has come, then asks for no more', () => {
    const streams = open();
    for (const expected of [FINE, NO_ERROR]) {
      assert.equal(streams.frame(1, 10_000), FINE);
      assert.equal(streams.data(1, 10_000), expected);
    }
    assert.equal(streams.frame(1, 1), UNKNOWN);
  });

  it('are over with END_STREAM', () => {
    const streams = open({ owed: 3 });
    assert.equal(streams.data(1, 3), FINE);
    assert.equal(streams.end(1, true), FINE);
    assert.equal(streams.size, 0);
  });

  it('are held to the rules', () => {
    assert.equal(open({ owed: 3 }).data(1, 4), PROTOCOL_ERROR);
    assert.equal(open({ owed: 3 }).end(1, true), PROTOCOL_ERROR);
    assert.equal(open().end(1, false), PROTOCOL_ERROR);
    assert.equal(open({ receiveWindow: 3 }).frame(1, 4), FLOW_CONTROL_ERROR);
    assert.equal(open().windowUpdate(1, 0), PROTOCOL_ERROR);
    assert.equal(open().windowUpdate(1, 2_147_483_647), FLOW_CONTROL_ERROR);
  });

  it('have half a second', () => {
    const streams = open();
    assert.equal(streams.nextIn(1_000), 500);
    assert.deepEqual(streams.takeDue(1_499), []);
    assert.deepEqual(streams.takeDue(1_500), [1]);
    assert.equal(streams.size, 0);
  });
});
