/**
 * Goldens: `golden/PRODUCT/CASE.in.yaml` holds resources in terse form and the installation, `CASE.out.yaml` what must come out, diagnostics
 * included. `UPDATE_GOLDEN=1` writes what comes out now; read the difference before committing it. What the outputs leave out to be readable:
 * `http` and `health` say `default` where they are AWS's defaults, and `version` of a pool is left out where it is `http1`, which `http-settings` and `health-check-defaults` show in full.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { Document, isCollection, isPair, isScalar, parse, visit } from 'yaml';
import { describedWorld, type WorldDescription } from '../../../test/support/load-balancer-world.ts';
import { describedApis, type ApiWorldDescription } from '../../../test/support/api-world.ts';
import { PLAIN_BALANCE, PLAIN_FIELD_NAMES, redact, sameData, validate, type HealthCheck, type HttpSettings, type Listener, type Pool, type Route } from '../../snapshot/index.ts';
import { memoryStore } from '../store/index.ts';
import { compile, localInstallation, type Compiled, type Installation } from './index.ts';

interface Case extends WorldDescription, ApiWorldDescription {
  /** What the case shows. */
  readonly about: string;
  readonly installation?: Partial<Installation>;
  /** Print settings that are AWS's defaults too. */
  readonly full?: boolean;
}

const FOLDER = join(import.meta.dirname, 'golden');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const NOW = 1_000_000;

const DEFAULT_HTTP: HttpSettings = {
  idleTimeoutMs: 60_000, keepAliveMs: 3_600_000, dropInvalidHeaders: false, preserveHost: false, forwardedFor: 'append', forwardedForPort: false, desync: 'defensive',
  tlsHeaders: false, serverHeader: true, responseFields: [], fieldNames: PLAIN_FIELD_NAMES,
};

const DEFAULT_HEALTH: HealthCheck = {
  protocol: 'http', version: 'http1', port: null, path: '/', matcher: [{ from: 200, to: 200 }], intervalMs: 30_000, timeoutMs: 5_000, healthyThreshold: 5, unhealthyThreshold: 2,
};

async function compiled(description: Case): Promise<Compiled> {
  const store = memoryStore();
  await store.transact((transaction) => {
    for (const { kind, resource } of [...describedWorld(description), ...(description.apis || description.domains ? describedApis(description) : [])]) transaction.put(kind, resource);
  });
  const result = compile(store.world, { ...localInstallation(NOW), ...description.installation });
  store.close();
  return result;
}

function printed({ snapshot, diagnostics, validUntil }: Compiled, full: boolean): string {
  const { listeners, pools, certificates, functions, stages, plans, identities } = redact(snapshot);
  const shown = {
    listeners: Object.values(listeners).map((listener) => shownListener(listener, full)),
    pools: Object.values(pools).map((pool) => shownPool(pool, full)),
    ...(Object.keys(certificates).length > 0 && { certificates: Object.values(certificates) }),
    ...(Object.keys(functions).length > 0 && { functions: Object.values(functions) }),
    ...(Object.keys(stages).length > 0 && { stages: Object.values(stages) }),
    ...(Object.keys(plans).length > 0 && { plans: Object.values(plans) }),
    ...(Object.keys(identities).length > 0 && { identities: Object.values(identities) }),
    ...(validUntil !== null && { validUntil }),
    diagnostics,
  };
  const document = new Document(shown, { aliasDuplicateObjects: false });
  // What holds nothing but scalars stands on one line: a binding, a list of patterns, a target.
  visit(document, {
    Collection: (_, collection) => {
      const values = collection.items.map((item) => (isPair(item) ? item.value : item));
      const isLeaf = values.every((value) => isScalar(value) || (isCollection(value) && value.items.length < 8 && value.items.every(isScalar)));
      if (isLeaf && !collection.items.some((item) => isPair(item) && String(item.key) === 'message')) collection.flow = true;
    },
  });
  return short(document.toString({ lineWidth: 0, flowCollectionPadding: true }));
}

function shownListener(listener: Listener, full: boolean): unknown {
  const { http, routes, fallback, ...rest } = listener;
  const settings = !full && sameData(http, DEFAULT_HTTP) ? 'default' : http;
  return { ...rest, http: settings, routes: routes.map(shownRoute), fallback: shownRoute(fallback) };
}

/** Empty lists of policies would double the length of every golden. */
function shownRoute({ policies, ...route }: Route): unknown {
  return policies.length > 0 ? { ...route, policies } : route;
}

function shownPool(pool: Pool, full: boolean): unknown {
  const health = !full && sameData(pool.health, DEFAULT_HEALTH) ? 'default' : pool.health;
  if (pool.kind !== 'http') return { ...pool, health };
  const { version, ...rest } = pool;
  const balance = !full && sameData(pool.balance, PLAIN_BALANCE) ? 'default' : pool.balance;
  return version === 'http1' && !full ? { ...rest, health, balance } : { ...pool, health, balance };
}

/** ARNs of the one account and region without what they all begin with. */
function short(text: string): string {
  return text.replaceAll(/arn:aws:([a-z]+):[a-z0-9-]+:\d{12}:/g, (_, service: string) => (service === 'elasticloadbalancing' ? 'elb:' : `${service}:`));
}

const cases = globSync('**/*.in.yaml', { cwd: FOLDER }).sort();

test('there are goldens, and no expectation without its case', () => {
  assert.ok(cases.length >= 40, `${cases.length} cases`);
  const orphans = globSync('**/*.out.yaml', { cwd: FOLDER }).filter((file) => !existsSync(join(FOLDER, file.replace(/\.out\.yaml$/, '.in.yaml'))));
  assert.deepEqual(orphans, []);
});

for (const file of cases) {
  test(`golden ${file.replace(/\.in\.yaml$/, '')}`, async () => {
    const description = parse(readFileSync(join(FOLDER, file), 'utf8')) as Case;
    assert.equal(typeof description.about, 'string', 'a case says what it is about');
    const result = await compiled(description);
    assert.deepEqual(validate(result.snapshot), []);
    const actual = `# ${description.about.trim()}\n${printed(result, description.full ?? false)}`;
    const expectation = join(FOLDER, file.replace(/\.in\.yaml$/, '.out.yaml'));
    if (UPDATE) return writeFileSync(expectation, actual);
    assert.ok(existsSync(expectation), `${basename(expectation)} is missing: write it with UPDATE_GOLDEN=1 and read it`);
    assert.equal(actual, readFileSync(expectation, 'utf8'));
  });
}
