import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../..');
const SRC = join(ROOT, 'src');

/** The arrows as src/README.md draws them. */
const drawn = new Map(
  [...readFileSync(join(SRC, 'README.md'), 'utf8').matchAll(/^([\w/-]+) -> (.+)$/gm)].map(([, room, targets]) => [room!, targets === 'nothing' ? [] : targets!.split(' ')]),
);
const rooms = [...drawn.keys()];

function roomOf(file: string): string {
  const path = relative(SRC, file);
  return rooms.find((room) => path.startsWith(`${room}/`)) ?? assert.fail(`${path} is in no room`);
}

/** Comments in tsconfig.json are allowed; JSON.parse does not know that. */
function readConfig(path: string): { references?: readonly { path: string }[] } {
  return JSON.parse(readFileSync(path, 'utf8').replace(/^\s*\/\/.*$/gm, '')) as { references?: readonly { path: string }[] };
}

test('every folder with a tsconfig is a room that is drawn, and every room has a README and a door', () => {
  const found = globSync('**/tsconfig.json', { cwd: SRC }).map((path) => dirname(path)).sort();
  assert.deepEqual(found, [...rooms].sort());
  for (const room of rooms) {
    assert.ok(existsSync(join(SRC, room, 'README.md')), `${room} has no README.md`);
    assert.ok(existsSync(join(SRC, room, 'index.ts')), `${room} has no index.ts`);
  }
});

test('the references of each room are exactly its arrows', () => {
  for (const [room, targets] of drawn) {
    const folder = join(SRC, room);
    const references = (readConfig(join(folder, 'tsconfig.json')).references ?? []).map(({ path }) => relative(SRC, resolve(folder, path)));
    const wanted = targets[0] === 'everything' ? rooms.filter((other) => other !== room) : targets;
    assert.deepEqual(references.sort(), [...wanted].sort(), room);
  }
});

test('the README of a room names its arrows', () => {
  for (const [room, targets] of drawn) {
    const said = /May import ([^.;]*)/.exec(readFileSync(join(SRC, room, 'README.md'), 'utf8'))?.[1] ?? '';
    if (targets[0] === 'everything' || said.includes('every data-plane room')) continue;
    const named = [...said.replaceAll(/\([^)]*\)/g, '').matchAll(/`([^`]+)`/g)].flatMap(([, words]) => words!.split(' ')).map((name) => name.split('/').at(-1)!);
    assert.deepEqual(named.sort(), targets.map((name) => name.split('/').at(-1)!).sort(), room);
  }
});

test('rooms are entered by their doors, and the two planes never meet', () => {
  const files = globSync('**/*.ts', { cwd: SRC }).filter((path) => !path.endsWith('.test.ts') && !path.endsWith('.system.ts'));
  assert.ok(files.length > 100);
  for (const path of files) {
    const file = join(SRC, path);
    const own = roomOf(file);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const target = resolve(dirname(file), specifier!);
      if (!target.startsWith(SRC)) continue;
      const other = roomOf(target);
      if (other === own) continue;
      const door = relative(SRC, target);
      // the nouns of a product have a door of their own, so that a column reads only its own; HTTP/2 and WebSocket share too many words for one door; who signs needs no front door
      const isDoor = door === `${other}/index.ts` || /^(?:control-plane\/resources\/[^/]+|data-plane\/wire\/http2|aws\/sigv4)\/index\.ts$/.test(door);
      assert.ok(isDoor, `${path} goes round the door of ${other}: ${door}`);
      const planes = new Set([own.split('/')[0], other.split('/')[0]]);
      assert.ok(!(planes.has('control-plane') && planes.has('data-plane')), `${path} imports ${other}`);
      assert.ok(drawn.get(own)![0] === 'everything' || drawn.get(own)!.includes(other), `${path}: no arrow from ${own} to ${other}`);
    }
  }
});

// src/app/README.md: it serves while the services are still being loaded
test('what carries traffic loads no service', () => {
  const loaded = new Set<string>();
  const follow = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';$/gm)) follow(resolve(dirname(file), specifier!));
  };
  for (const path of ['app/host.ts', 'cli/index.ts', 'app/threads/data-worker.ts']) follow(join(SRC, path));
  assert.ok(loaded.size > 200, String(loaded.size));
  const late = [...loaded].map((file) => relative(SRC, file)).filter((path) => /^control-plane\/(?:services|templates|admin)\//.test(path));
  assert.deepEqual(late, []);
});

test('no output of the compiler lies among the sources, where it would be loaded in their place', () => {
  assert.deepEqual(globSync('{src,test,bench,tools}/**/*.{js,js.map,d.ts}', { cwd: ROOT }), []);
});

test('nothing is exported by default or wholesale', () => {
  for (const path of globSync('**/*.ts', { cwd: SRC })) {
    const text = readFileSync(join(SRC, path), 'utf8');
    assert.doesNotMatch(text, /^export default/m, path);
    assert.doesNotMatch(text, /^export \*/m, path);
  }
});
