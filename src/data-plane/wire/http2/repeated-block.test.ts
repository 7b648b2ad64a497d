import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HpackDecoder } from './hpack-decoder.ts';
import { RepeatedBlock } from './repeated-block.ts';
import { RequestFields } from './request-fields.ts';

/** GET, https, `/` and an authority that goes into the table. */
const first = (authority: string): Buffer => Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x41, authority.length]), Buffer.from(authority)]);
/** The same, the authority as the newest entry of the table. */
const again = Buffer.from([0x82, 0x87, 0x84, 0xbe]);

const requestFields = (): RequestFields => new RequestFields({ fields: 10, line: 100, startLine: 100, size: 1000 });

describe('a header block that is repeated', () => {
  const decoder = new HpackDecoder();
  const repeated = new RepeatedBlock(requestFields(), 64);

  /** As the connection does it; what the block says, and whether that was known. */
  function read(block: Buffer): { readonly authority: string; readonly head: string; readonly known: boolean } {
    const { fields } = repeated;
    const known = repeated.is(block, 0, block.length, decoder);
    if (!known) {
      repeated.forget();
      const { generation } = decoder;
      fields.begin();
      assert.ok(decoder.decode(block, 0, block.length, fields));
      fields.end();
      if (decoder.standsAlone || decoder.generation === generation) repeated.keep(block, 0, block.length, decoder);
    }
    return { authority: fields.authority, head: fields.head, known };
  }

  it('is known by its block, as long as the table means the same by it', () => {
    const head = (host: string): string => `GET / HTTP/1.1\r\nhost: ${host}\r\n`;
    assert.deepEqual(read(first('a.test')), { authority: 'a.test', head: head('a.test'), known: false });
    assert.deepEqual(read(again), { authority: 'a.test', head: head('a.test'), known: false });
    assert.deepEqual(read(again), { authority: 'a.test', head: head('a.test'), known: true });
    // the same octets, another meaning
    assert.deepEqual(read(first('b.test')), { authority: 'b.test', head: head('b.test'), known: false });
    assert.deepEqual(read(again), { authority: 'b.test', head: head('b.test'), known: false });
    assert.deepEqual(read(again), { authority: 'b.test', head: head('b.test'), known: true });
    // one octet more, one other
    assert.equal(read(Buffer.from([...again, 0x90])).known, false);
    assert.equal(read(again).known, false);
    assert.equal(read(Buffer.from([0x83, 0x87, 0x84, 0xbe])).known, false);
  });

  it('is never known by a block that changes the size of the table, nor after one', () => {
    const sized = Buffer.from([0x3f, 0x41, ...again]);
    assert.equal(read(sized).known, false);
    assert.equal(read(sized).known, false);
    assert.equal(read(again).known, false);
    assert.equal(read(again).known, true);
    // a block that is too long to be kept, for which only the decoder is asked
    assert.ok(decoder.decode(Buffer.from([0x3f, 0xe1, 0x1f]), 0, 3, requestFields()));
    assert.equal(read(again).known, false);
  });

  it('is known whatever is in the table where it names nothing of it, and puts into it what it does each time', () => {
    const memo = new HpackDecoder();
    const plain = new HpackDecoder();
    const block = new RepeatedBlock(requestFields(), 64);
    let known = 0;
    const feed = (octets: Buffer): void => {
      assert.ok(plain.decode(octets, 0, octets.length, requestFields()));
      if (block.is(octets, 0, octets.length, memo)) return void known++;
      block.forget();
      block.fields.begin();
      assert.ok(memo.decode(octets, 0, octets.length, block.fields));
      block.fields.end();
      if (memo.standsAlone) block.keep(octets, 0, octets.length, memo);
    };
    const same = (): void => assert.deepEqual(memo.table.map(({ name, value }) => `${name} ${value}`), plain.table.map(({ name, value }) => `${name} ${value}`));
    const [plainly, inserts, names] = [Buffer.from([0x82, 0x87, 0x84]), first('a.test'), Buffer.concat([again, Buffer.from([0xbf])])];
    for (const times of [1, 2, 3, 100]) {
      for (let i = 0; i < times; i++) feed(inserts);
      feed(plainly);
      feed(plainly);
      for (let i = 0; i < times; i++) feed(inserts);
      // of the two that it names one is owed still
      feed(first('b.test'));
      feed(names);
      same();
    }
    assert.equal(known, 2 * (0 + 1 + 2 + 99) + 4);
    assert.ok(memo.tableSize > 3_900);
  });
});
