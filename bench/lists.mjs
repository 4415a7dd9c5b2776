import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from '@hamon/stats';
import { endAborted, populate, release, settle } from './lib/fleet-rows.mjs';
import { watchHealth } from './lib/health.mjs';
import { openPlane } from './lib/plane.mjs';
import { timed } from './lib/timed.mjs';

const SMALL = 1000;
const LARGE = 20_000;
const STARTS = 3;
const HTTP_ROUNDS = 9;
const CLI_ROUNDS = 3;
/** What grows with the fleet may grow as the fleet does, and not faster; what shows one page should hardly grow. */
const LINEAR = LARGE / SMALL;
const POLL_MS = 250;
const hamon = fileURLToPath(new URL('../apps/cli/bin/hamon.js', import.meta.url));

/**
 * Two control planes side by side, one with the small and one with the large fleet in its database (devices, ledger and
 * tokens are rows, made by SQL). Each list is asked of both in turns, so that what else the machine does meets both:
 * growth is the ratio of the medians.
 */
export async function bench(say) {
  const small = await openFleet(SMALL);
  const large = await openFleet(LARGE).catch(async (error) => {
    await small.stop();
    throw error;
  });
  try {
    say(`lists: ${SMALL} and ${LARGE} devices are in their databases`);
    const sides = [small, large];
    const growths = [...(await measureStarts(sides, say))];
    await Promise.all(sides.map(allReached));
    say('lists: the last rollout has reached every device');
    for (const [list, ask] of Object.entries(await httpLists(sides))) {
      growths.push(await measured(list, sides, HTTP_ROUNDS, ask));
    }
    for (const [list, args] of Object.entries(CLI_LISTS)) {
      const ask = (side) => runHamon(side, args(side));
      growths.push(await measured(list, sides, CLI_ROUNDS, ask));
      say(`lists: ${list}: ${describe(growths.at(-1))}`);
    }
    return report(growths, sides);
  } finally {
    for (const side of [small, large]) await side.stop();
  }
}

async function openFleet(devices) {
  const plane = await openPlane();
  const { api, database } = plane;
  try {
    const former = await release(api, '1.0.0', 1);
    await release(api, '2.0.0', 2);
    await populate(database, former, devices);
    await addLedgerAndTokens(database, devices);
    await settle(database);
  } catch (error) {
    await plane.stop();
    throw error;
  }
  const health = watchHealth(plane.url);
  await health.reset();
  const stop = async () => {
    health.stop();
    await plane.stop();
  };
  return { ...plane, devices, health, stop };
}

/** As many as a fleet of this size leaves behind: a line and a token for each device. */
async function addLedgerAndTokens(database, count) {
  const [{ id: fleet }] = await database.query('SELECT id FROM fleets LIMIT 1');
  const rows = `FROM generate_series(1, $2::int) AS n`;
  await database.query(
    `INSERT INTO audit_entries (fleet, actor, action, subject, detail)
     SELECT $1, 'bench', 'device.enrolled', 'cam-' || lpad(n::text, 6, '0'), '{}' ${rows}`,
    [fleet, count],
  );
  await database.query(
    `INSERT INTO enrolment_tokens (id, fleet, hash, uses_left, expires_at, labels)
     SELECT gen_random_uuid(), $1, sha256(n::text::bytea), 1, now() + interval '1 day', '{}' ${rows}`,
    [fleet, count],
  );
  await database.query(
    `INSERT INTO access_tokens (id, fleet, name, hash)
     SELECT gen_random_uuid(), $1, 'bench-' || n, sha256(('access-' || n)::bytea) ${rows}`,
    [fleet, count],
  );
}

/** Each start but the last is aborted, and what it left to publish forgotten, before the next one is measured. */
async function measureStarts(sides, say) {
  const started = sides.map(() => []);
  const slowest = sides.map(() => []);
  for (let round = 0; round < STARTS; round++) {
    for (const [i, side] of sides.entries()) {
      const wanted = { model: 'tiny', version: '2.0.0', stages: '100%', watchSeconds: 3600 };
      if (side.rollout) {
        await side.api('POST', `/v1/rollouts/${side.rollout}/abort`, {});
        await endAborted(side.api, side.database, side.rollout);
      }
      await side.health.reset();
      const [ms] = await timed(1, async () => {
        side.rollout = (await side.api('POST', '/v1/rollouts', wanted)).id;
      });
      started[i].push(ms);
      slowest[i].push(await side.health.reset());
    }
    say(
      `lists: rollout start ${round + 1}: ${started.map((times) => `${text(times.at(-1))} ms`).join(', ')}`,
    );
  }
  return [
    { list: 'rollout start', ms: started.map(median) },
    { list: '/healthz during rollout start, slowest', ms: slowest.map((times) => Math.max(...times)) },
  ];
}

/** The last rollout has a manifest out for every device, and nothing is left to do. */
async function allReached({ api, database, rollout, devices }) {
  for (;;) {
    const { devicesTouched } = await api('GET', `/v1/rollouts/${rollout}`);
    const [{ count }] = await database.query('SELECT count(*) FROM outbox');
    if (devicesTouched === devices && Number(count) === 0) break;
    await delay(POLL_MS);
  }
  await database.query('VACUUM ANALYZE');
}

const PAGE = 50;

/** List → how to ask a side for it. Cursors of last pages are found by walking there once. */
async function httpLists(sides) {
  const get = (path) => async (side) => side.api('GET', path(side));
  const lists = {};
  const paged = async (list, path) => {
    lists[`${list}, first page`] = get((side) => `${path(side)}?limit=${PAGE}`);
    const cursors = new Map();
    for (const side of sides) cursors.set(side, await cursorOfLastPage(side, path(side)));
    lists[`${list}, last page`] = get((side) => `${path(side)}?limit=${PAGE}&after=${cursors.get(side)}`);
  };
  await paged('devices', () => '/v1/devices');
  for (const where of ['site=site-3', 'rare', 'site=nowhere', 'rare,line in (1,2),!retired']) {
    const query = `limit=${PAGE}&where=${encodeURIComponent(where)}`;
    lists[`devices where ${where}`] = get(() => `/v1/devices?${query}`);
  }
  lists['devices, all pages of 500'] = (side) => cursorOfLastPage(side, '/v1/devices');
  lists['rollouts'] = get(() => `/v1/rollouts?limit=${PAGE}`);
  lists['rollout'] = get(({ rollout }) => `/v1/rollouts/${rollout}`);
  await paged('members', ({ rollout }) => `/v1/rollouts/${rollout}/members`);
  const assigned = `limit=${PAGE}&where=state%3Dassigned`;
  lists['members where state=assigned'] = get(({ rollout }) => `/v1/rollouts/${rollout}/members?${assigned}`);
  lists['latecomers'] = get(({ rollout }) => `/v1/rollouts/${rollout}/latecomers`);
  await paged('audit', () => '/v1/audit');
  lists['audit of one subject'] = get(() => `/v1/audit?limit=${PAGE}&subject=cam-000500`);
  await paged('enrolment tokens', () => '/v1/enrolment-tokens');
  await paged('access tokens', () => '/v1/tokens');
  return lists;
}

/** Walks a list in its largest pages, to the cursor of the last one. */
async function cursorOfLastPage({ api }, path) {
  for (let after = ''; ;) {
    const query = `limit=500&count=false${after && `&after=${after}`}`;
    const { next } = await api('GET', `${path}?${query}`);
    if (next === null) return after;
    after = next;
  }
}

const CLI_LISTS = {
  'hamon device ls': () => ['device', 'ls'],
  'hamon device ls --where rare': () => ['device', 'ls', '--where', 'rare'],
  'hamon device ls --limit 500': () => ['device', 'ls', '--limit', '500'],
  'hamon rollout ls': () => ['rollout', 'ls'],
  'hamon rollout show': ({ rollout }) => ['rollout', 'show', rollout],
  'hamon audit ls': () => ['audit', 'ls'],
  'hamon enrol-token ls': () => ['enrol-token', 'ls'],
  'hamon token ls': () => ['token', 'ls'],
};

/** The whole command as a person waits for it, start of its process included. */
async function runHamon({ url, token }, args) {
  const child = spawn(process.execPath, [hamon, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HAMON_SERVER: url, HAMON_TOKEN: token },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (piece) => (said += piece));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`hamon ${args.join(' ')} ended with code ${code}: ${said}`);
}

async function measured(list, sides, rounds, ask) {
  const times = sides.map(() => []);
  for (const side of sides) {
    // The first answer pays for compiling statements and filling caches.
    await ask(side);
    await side.health.reset();
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, side] of sides.entries()) times[i].push((await timed(1, () => ask(side)))[0]);
  }
  const health = [];
  for (const side of sides) health.push(await side.health.reset());
  return { list, ms: times.map(median), health };
}

const text = (ms) => (ms < 100 ? ms.toPrecision(3) : ms.toFixed(0));
const describe = ({ ms: [small, large] }) => `${text(small)} → ${text(large)} ms`;

/** The product's limits for the large fleet, in milliseconds. */
const LIMITS = {
  'rollout start': 3000,
  '/healthz during rollout start, slowest': 100,
  'hamon device ls': 2000,
  'hamon rollout show': 2000,
};

function report(growths, [, { devices }]) {
  const health = Math.max(...growths.flatMap(({ health }) => health?.[1] ?? []));
  const absolute = Object.entries(LIMITS).map(([list, atMost]) => {
    const { ms } = growths.find((growth) => growth.list === list);
    return { what: `${list}, ${devices} devices`, value: ms[1], unit: 'ms', aim: { atMost } };
  });
  const ratios = growths.map((growth) => ({
    what: growth.list,
    value: growth.ms[1] / growth.ms[0],
    unit: '×',
    aim: { atMost: LINEAR },
    detail: describe(growth),
  }));
  return {
    figures: [
      ...absolute,
      {
        what: `/healthz while lists are read, slowest, ${devices} devices`,
        value: health,
        unit: 'ms',
        aim: { atMost: 100 },
      },
      ...ratios,
    ],
    notes: [
      `× is growth from ${SMALL} to ${LARGE} devices, ledger lines and tokens, by medians of ${HTTP_ROUNDS} (HTTP),`,
      `${CLI_ROUNDS} (commands, their processes' start included) and ${STARTS} (starts); ${LINEAR} × is linear`,
    ],
  };
}
