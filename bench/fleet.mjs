import { fork, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { release } from './lib/fleet-rows.mjs';
import { watchHealth } from './lib/health.mjs';
import { watchLockWaits } from './lib/lock-waits.mjs';
import { openPlane } from './lib/plane.mjs';
import { cpuSecondsHere } from './lib/process-cpu.mjs';

const SIZES = [200, 500, 2000];
const IDLE_SECONDS = 30;
const POLL_MS = 500;
/** Rarely: answering costs the CPU that is measured. */
const HEALTH_EVERY_MS = 100;
const PATIENCE_MS = 15 * 60_000;
/** A minute of a factory in seconds; the gate needs few frames, as its judgement is not what is measured. */
const ROLLOUT = {
  model: 'tiny',
  stages: '10%,100%',
  watchSeconds: 5,
  gate: { minPairedFrames: 60, latency: { minFrames: 40, maxExtraMs: 500 } },
  policy: {
    shadow: { minFrames: 30 },
    probation: { seconds: 2, minFrames: 20 },
    telemetry: { windowSeconds: 10 },
  },
};

/**
 * The whole control plane under fleets of simulated devices: their keys, enrolments, MQTT sessions, manifests and windows
 * are real. Each size has a control plane and a simulator of its own, each in its own process.
 */
export async function bench(say) {
  const figures = [];
  const bySize = new Map();
  for (const devices of SIZES) {
    const measured = await apart(devices, say);
    bySize.set(devices, measured);
    figures.push(...measured.figures);
  }
  const [least, , most] = SIZES.map((devices) => bySize.get(devices));
  const growth = (what, of) => ({
    what: `growth of ${what} per device, ${SIZES[0]} to ${SIZES.at(-1)}`,
    value: of(most) / SIZES.at(-1) / (of(least) / SIZES[0]),
    unit: '×',
    aim: { atMost: 1.5 },
  });
  if (least.idleCpu !== undefined && most.idleCpu !== undefined) {
    figures.push(
      growth('CPU with windows alone', ({ idleCpu }) => idleCpu),
      growth('CPU of a rollout', ({ rolloutCpu }) => rolloutCpu),
    );
  }
  return { figures };
}

function apart(devices, say) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [String(devices)], {
      env: { ...process.env, HAMON_BENCH_FLEET: '1' },
    });
    child.on('message', (message) => (message.said ? say(message.said) : resolve(message)));
    child.on('exit', (code) =>
      reject(new Error(`the control plane of ${devices} devices ended with ${code}`)),
    );
  });
}

async function measure(devices, say) {
  const plane = await openPlane();
  const { api, database } = plane;
  const folder = await mkdtemp(join(tmpdir(), 'hamon-bench-fleet-'));
  const health = watchHealth(plane.url, HEALTH_EVERY_MS);
  const figures = [];
  const add = (what, value, unit, aim) => {
    figures.push({
      what: `${devices} devices: ${what}`,
      value,
      unit,
      ...(aim !== undefined && { aim: { atMost: aim } }),
    });
    say(`fleet: ${devices} devices: ${what}: ${value?.toFixed(2)} ${unit}`);
  };
  let simulator;
  try {
    await release(api, '1.0.0', 1);
    await release(api, '2.0.0', 2);
    const { token } = await api('POST', '/v1/enrolment-tokens', { uses: devices, ttlSeconds: 3600 });
    const begin = performance.now();
    simulator = simulate({ url: plane.url, token, devices, folder });
    await until(async () => (await onlineIn(database)) === devices, simulator);
    add('enrolled and connected after', (performance.now() - begin) / 1000, 's');
    await rollOut(api, '1.0.0', simulator);
    const idleCpu = await measureIdle({ simulator, health, add });
    const rolloutCpu = await measureRollout({ api, database, simulator, health, add });
    add('devices that do not run the new version', devices - (await updatedIn(database)), '', 0);
    const begun = performance.now();
    simulator.kill('SIGTERM');
    await simulator.ended;
    add('simulator ended after', (performance.now() - begun) / 1000, 's');
    return { figures, idleCpu, rolloutCpu };
  } finally {
    health.stop();
    simulator?.kill('SIGKILL');
    await plane.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const countIn = async (database, rows) =>
  Number((await database.query(`SELECT count(*) FROM devices d ${rows}`))[0].count);

const onlineIn = (database) => countIn(database, 'WHERE online');
const updatedIn = (database) =>
  countIn(
    database,
    `JOIN device_slots s ON s.device = d.id AND s.slot = 'current' WHERE d.online AND s.version = '2.0.0'`,
  );

/** @returns the CPU seconds of windows alone, undefined where this machine cannot tell */
async function measureIdle({ simulator, health, add }) {
  await health.reset();
  const from = await cpuSecondsHere(simulator.pid, health.pid);
  await delay(IDLE_SECONDS * 1000);
  const spent = await cpuSince(from, simulator, health);
  if (spent !== undefined) add('CPU with windows alone', (100 * spent) / IDLE_SECONDS, '% of a core');
  add('  /healthz meanwhile, slowest', await health.reset(), 'ms', 100);
  return spent;
}

/** @returns the CPU seconds of a whole rollout, undefined where this machine cannot tell */
async function measureRollout({ api, database, simulator, health, add }) {
  const waits = watchLockWaits(database);
  const from = await cpuSecondsHere(simulator.pid, health.pid);
  const seconds = await rollOut(api, '2.0.0', simulator);
  const spent = await cpuSince(from, simulator, health);
  add('rollout in two stages', seconds, 's');
  if (spent !== undefined) add('  CPU meanwhile, database included', spent, 's');
  add('  /healthz meanwhile, slowest', await health.reset(), 'ms', 100);
  add('  connections waiting for a lock, most', (await waits.stop()).most, '', 1);
  add('control plane, peak memory', process.resourceUsage().maxRSS / 1024, 'MB');
  return spent;
}

const cpuSince = async (from, simulator, health) =>
  from === undefined ? undefined : (await cpuSecondsHere(simulator.pid, health.pid)) - from;

function simulate({ url, token, devices, folder }) {
  const program = fileURLToPath(new URL('../apps/fleet-sim/bin/hamon-fleet-sim.js', import.meta.url));
  const args = ['--server', url, '--token', token, '--devices', devices, '--state', folder, '--ramp', '5s'];
  const child = spawn(process.execPath, [program, ...args.map(String)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (piece) => (said = (said + piece).slice(-2000)));
  child.ended = new Promise((resolve) => child.on('close', resolve));
  child.failed = () => {
    const end = child.exitCode ?? child.signalCode;
    return end === null ? undefined : new Error(`the simulator ended with ${end}: ${said}`);
  };
  return child;
}

async function rollOut(api, version, simulator) {
  const begin = performance.now();
  const { id } = await api('POST', '/v1/rollouts', { ...ROLLOUT, version });
  let rollout;
  await until(async () => {
    rollout = await api('GET', `/v1/rollouts/${id}`);
    return rollout.endedAt !== null || rollout.state === 'paused';
  }, simulator);
  if (rollout.state !== 'succeeded') throw new Error(`${version}: ${rollout.state}, ${rollout.reason}`);
  return (performance.now() - begin) / 1000;
}

async function until(holds, simulator) {
  const begin = performance.now();
  while (!(await holds())) {
    const fault = simulator.failed();
    if (fault) throw fault;
    if (performance.now() - begin > PATIENCE_MS) throw new Error('what was waited for did not come about');
    await delay(POLL_MS);
  }
}

if (process.env.HAMON_BENCH_FLEET === '1' && process.argv[2]) {
  process.send(await measure(Number(process.argv[2]), (said) => process.send({ said })));
  process.disconnect();
}
