import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLOW_CONTROL_ERROR, NO_ERROR, PROTOCOL_ERROR } from '../../wire/http2/index.ts';
import { AnsweredStreams, FINE, PATIENCE_OCTETS, UNKNOWN } from './answered-streams.ts';

const open = (more: { readonly owed?: number; readonly receiveWindow?: number } = {}): AnsweredStreams => {
  const streams = new AnsweredStreams();
  streams.add({ id: 1, sendWindow: 100, receiveWindow: 65_535, owed: -1, ...more }, 1_000);
  return streams;
};

describe('streams that are answered while their requests go on', () => {
  it('drops what comes until enough has come, then asks for no more', () => {
    const streams = open();
    let sent = 0;
    let verdict: number = FINE;
    for (; verdict === FINE; sent += 16_384) {
      assert.equal(streams.frame(1, 16_384), FINE);
      verdict = streams.data(1, 16_384, 1_000);
    }
    assert.equal(verdict, NO_ERROR);
    assert.equal(sent, PATIENCE_OCTETS + 16_384);
    assert.equal(streams.frame(1, 1), UNKNOWN);
  });

  it('are over with END_STREAM', () => {
    const streams = open({ owed: 3 });
    assert.equal(streams.data(1, 3, 1_000), FINE);
    assert.equal(streams.end(1, true), FINE);
    assert.equal(streams.size, 0);
  });

  it('are held to the rules', () => {
    assert.equal(open({ owed: 3 }).data(1, 4, 1_000), PROTOCOL_ERROR);
    assert.equal(open({ owed: 3 }).end(1, true), PROTOCOL_ERROR);
    assert.equal(open().end(1, false), PROTOCOL_ERROR);
    assert.equal(open({ receiveWindow: 3 }).frame(1, PATIENCE_OCTETS + 4), FLOW_CONTROL_ERROR);
    assert.equal(open().windowUpdate(1, 0), PROTOCOL_ERROR);
    assert.equal(open().windowUpdate(1, 2_147_483_647), FLOW_CONTROL_ERROR);
  });

  it('have half a second, and as long again with each DATA', () => {
    const streams = open();
    assert.equal(streams.nextIn(1_000), 500);
    assert.deepEqual(streams.takeDue(1_499), []);
    streams.data(1, 1, 1_400);
    assert.equal(streams.nextIn(1_500), 400);
    assert.deepEqual(streams.takeDue(1_500), []);
    assert.deepEqual(streams.takeDue(1_900), [1]);
    assert.equal(streams.size, 0);
  });
});
