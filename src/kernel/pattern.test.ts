import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pattern, PatternError } from './pattern.ts';

const plain = { fold: false, captures: false };

test('a pattern matches as the same regular expression of JavaScript does', () => {
  for (const source of [
    'abc', '^/api/(v[0-9]+)/users$', '^(.+)-dev\\.example\\.com$', 'a|b|', 'x{2,5}y', 'x{3}', 'x{2,}', '[a-f0-9]{1,63}\\.com', '([a-z]{1,40}\\.){1,3}com', '[^/]+/?$', '\\d+\\s\\w*?',
    '^[\\w.+-]+@[\\w-]+$', '(?:ab)*', '(?<name>a)b', '\\x41b', 'a.c', '[]a]', '[a\\]-]', '^$', '\\bfoo\\b', '\\/img\\/', 'a{0,40}b',
  ]) {
    const pattern = new Pattern(source, plain);
    const wanted = new RegExp(source === '[]a]' ? '[\\]a]' : source);
    for (const text of ['', 'abc', 'xxxxy', 'xx', '/api/v12/users', '/api/v1/users/1', 'shop-dev.example.com', 'deadbeef.com', 'a.b.com', 'www.example.com', '/a/b/', '12 ab', 'me+x@host-1', 'Ab', 'a-c', ']', 'foo bar', '/img/', 'aaaaaaaaaaaaaaaaaaaaaaaab', 'a{0,40}b']) {
      assert.equal(pattern.matches(text), wanted.test(text), `${source} on ${text}`);
    }
  }
});

test('case is folded in letters, ranges and classes', () => {
  const fold = { fold: true, captures: false };
  assert.ok(new Pattern('^WWW\\.[A-F]+[[:upper:]]$', fold).matches('www.abcz'));
  assert.ok(new Pattern('^[^a-c]$', fold).matches('d'));
  assert.ok(!new Pattern('^[^a-c]$', fold).matches('B'));
  assert.ok(new Pattern('(?i)^abc$', plain).matches('aBC'));
});

test('what cannot run in linear time, or is none of the dialect, is refused with a reason', () => {
  for (const [source, why] of [
    ['(?=a)', /lookaround/], ['(?!a)', /lookaround/], ['(?<=a)b', /lookaround/], ['(?>a)', /atomic/], ['(a)\\1', /backreferences/], ['\\k<a>', /\\k/], ['a*+', /possessive/], ['\\p{L}', /\\p/],
    ['(?R)', /recursion/], ['(a', /not closed/], ['a)', /closes nothing/], ['[a', /not closed/], ['*a', /repeats nothing/], ['a**', /repeats nothing/], ['a{5,2}', /ends before/], ['', /empty/],
    ['é', /ASCII/], ['(((a{50}){50}){50})', /too large/], ['\\', /backslash/],
  ] as const) assert.throws(() => new Pattern(source, plain), (error) => error instanceof PatternError && why.test(error.message), source);
  assert.throws(() => new Pattern('(a){1,40}', { fold: false, captures: true }), /linear/);
});

test('whatever is accepted runs in linear time: V8 has it for its linear engine', async () => {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--enable-experimental-regexp-engine');
  const original = RegExp;
  try {
    // the linear flag makes V8 refuse what it cannot run so
    (globalThis as { RegExp: unknown }).RegExp = function (source: string) {
      return new original(source, 'l');
    };
    for (const source of ['([a-z]{1,63}\\.){1,3}com$', 'x{40}', '(?:(?:a{3}){3}){3}', '^(.+)-(.+)$', '[a-z]{20,}', '(a+)+$']) assert.ok(new Pattern(source, plain));
  } finally {
    (globalThis as { RegExp: unknown }).RegExp = original;
    setFlagsFromString('--no-enable-experimental-regexp-engine');
  }
});

test('groups are captured in order, and the literal start is known', () => {
  const pattern = new Pattern('^/dp/([A-Z0-9]+)/(?<rest>.*)$', { fold: false, captures: true });
  assert.equal(pattern.groups, 2);
  assert.equal(pattern.prefix, '/dp/');
  assert.deepEqual([...pattern.match('/dp/B09/x?y')!].slice(1), ['B09', 'x?y']);
  assert.equal(new Pattern('^/a+b', plain).prefix, '/');
  assert.equal(new Pattern('^\\/img\\/.*', plain).prefix, '/img/');
  assert.equal(new Pattern('^/a|/b', plain).prefix, '');
  assert.equal(new Pattern('/a', plain).prefix, '');
});
