import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Inbox } from '../apps/control-plane/dist/messaging/inbox.js';
import { deviceTopic, MAIN_STREAM } from '../libs/contracts/dist/index.js';
import { LatencySketchBuilder } from '../libs/stats/dist/index.js';
import { endAborted, populate, release, runAll } from './lib/fleet-rows.mjs';
import { watchHealth } from './lib/health.mjs';
import { watchLockWaits } from './lib/lock-waits.mjs';
import { openPlane } from './lib/plane.mjs';

const DEVICES = 20_000;
const REPORTING_SECONDS = 20;
const WINDOWS_PER_SECOND = 200;
const POLL_MS = 500;

/**
 * The control plane's rollout path with a whole fleet in its database: devices are rows, made by SQL; their words are put
 * into the inbox as the broker would deliver them. Another process asks `/healthz` all the time.
 */
export async function bench(say) {
  const plane = await openPlane();
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const health = watchHealth(plane.url);
  try {
    const former = await release(plane.api, '1.0.0', 1);
    const wanted = await release(plane.api, '2.0.0', 2);
    await populate(plane.database, former, DEVICES);
    say(`rollout-scale: ${DEVICES} devices in the database`);
    const figures = [{ what: 'devices', value: DEVICES, unit: '' }];
    const measure = measuring(figures, { loop, health, say });
    await abortedAtOnce(plane, measure);
    const id = await assigned(plane, measure);
    await reported(plane, measure, { id, wanted, figures });
    await sentBack(plane, measure, id);
    return { figures };
  } finally {
    health.stop();
    await plane.stop();
  }
}

/** Times a task, with what its neighbours felt of it, and hands on what the task answers. */
const measuring =
  (figures, { loop, health, say }) =>
  async (what, aim, task) => {
    loop.reset();
    await health.reset();
    const begin = performance.now();
    const answer = await task();
    const seconds = (performance.now() - begin) / 1000;
    const slowest = await health.reset();
    figures.push(
      { what, value: seconds, unit: 's', ...(aim && { aim: { atMost: aim } }) },
      { what: '  /healthz meanwhile, slowest', value: slowest, unit: 'ms', aim: { atMost: 100 } },
      { what: '  event loop blocked meanwhile, longest', value: loop.max / 1e6, unit: 'ms' },
    );
    say(
      `rollout-scale: ${what}: ${seconds.toFixed(2)} s, health ${slowest.toFixed(0)} ms, loop ${(loop.max / 1e6).toFixed(0)} ms`,
    );
    return answer;
  };

const start = (api) =>
  api('POST', '/v1/rollouts', { model: 'tiny', version: '2.0.0', stages: '100%', watchSeconds: 3600 });

async function abortedAtOnce({ api, database }, measure) {
  const { id } = await measure('rollout start', 3, () => start(api));
  await measure('show while it assigns', 2, () => api('GET', `/v1/rollouts/${id}`));
  await measure('abort while it assigns', 1, () => api('POST', `/v1/rollouts/${id}/abort`, {}));
  await endAborted(api, database, id);
}

/** @returns the id of a rollout that has reached every device */
async function assigned({ api, database }, measure) {
  const { id } = await start(api);
  await measure('all assigned', undefined, () =>
    until(async () => (await api('GET', `/v1/rollouts/${id}`)).devicesTouched === DEVICES),
  );
  await measure('all published', undefined, () =>
    until(async () => Number((await database.query('SELECT count(*) FROM outbox'))[0].count) === 0),
  );
  await measure('show with all members reached', 2, () => api('GET', `/v1/rollouts/${id}`));
  return id;
}

/** Every device runs the version and sends windows. */
async function reported({ app, database }, measure, { id, wanted, figures }) {
  await database.query(`UPDATE deployments SET state = 'committed', ended_at = now() WHERE rollout_id = $1`, [
    id,
  ]);
  await runAll(database, wanted);
  const waits = watchLockWaits(database);
  const cpu = process.cpuUsage();
  await measure(
    `${WINDOWS_PER_SECOND * REPORTING_SECONDS} windows at ${WINDOWS_PER_SECOND} a second`,
    undefined,
    () => sendWindows(app.get(Inbox, { strict: false }), wanted),
  );
  const spent = process.cpuUsage(cpu);
  figures.push(
    { what: '  control plane CPU meanwhile', value: (spent.user + spent.system) / 1e6, unit: 's' },
    {
      what: '  connections waiting for a lock, most',
      value: (await waits.stop()).most,
      unit: '',
      aim: { atMost: 1 },
    },
  );
}

async function sentBack({ api, database }, measure, id) {
  await measure('abort with rollback accepted', 1, () =>
    api('POST', `/v1/rollouts/${id}/abort`, { rollback: true }),
  );
  await measure('all sent back', undefined, () =>
    until(async () => {
      const [row] = await database.query(
        `SELECT count(*) FROM rollout_members WHERE rollout_id = $1 AND revert_deployment_id IS NULL`,
        [id],
      );
      return Number(row.count) === 0;
    }),
  );
}

async function until(holds) {
  while (!(await holds())) await delay(POLL_MS);
}

function sendWindows(inbox, answering) {
  const latency = new LatencySketchBuilder();
  for (let i = 0; i < 100; i++) latency.add(5 + (i % 10));
  const latencyMs = latency.build();
  const wanted = WINDOWS_PER_SECOND * REPORTING_SECONDS;
  let sent = 0;
  const send = () => {
    const window = windowOf(sent++, answering, latencyMs);
    const topic = deviceTopic('telemetry', 'default', window.device);
    return inbox.take(topic, Buffer.from(JSON.stringify(window)), false);
  };
  return new Promise((resolve) => {
    const begin = performance.now();
    const timer = setInterval(() => {
      const due = Math.min(wanted, ((performance.now() - begin) / 1000) * WINDOWS_PER_SECOND);
      while (sent < due) void send();
      if (sent < wanted) return;
      clearInterval(timer);
      resolve();
    }, 20);
  });
}

/** The next device's last ten seconds. */
function windowOf(index, answering, latencyMs) {
  const now = new Date();
  return {
    schema: 'hamon.window/2',
    id: randomUUID(),
    device: `cam-${String((index % DEVICES) + 1).padStart(6, '0')}`,
    startedAt: new Date(now - 10_000).toISOString(),
    endedAt: now.toISOString(),
    answering: { ...answering, sequence: 2 },
    inferences: 100,
    errors: 0,
    skipped: 0,
    fallbacks: {},
    latencyMs,
    rssMb: { supervisor: 90, worker: 110 },
    stream: MAIN_STREAM,
    summary: {
      ...{ kind: 'classification/1', answers: 100, labels: { low: 50, high: 50 }, others: 0 },
      confidence: new Array(20).fill(5),
    },
  };
}
