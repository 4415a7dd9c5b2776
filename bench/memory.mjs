import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnrolmentTokenView, ModelView, RolloutView } from '@hamon/contracts';
import { median } from '@hamon/stats';
import { Api } from '../scripts/demo/dist/api.js';
import { startFleet } from '../scripts/demo/dist/fleet.js';
import { startPlatform } from '../scripts/demo/dist/platform.js';
import { waitFor } from '../scripts/demo/dist/wait.js';

const MODEL = 'surface-inspection';
const VERSION = '2.0.0';
const FRAMES_PER_SECOND = 16;
const WARMUP_FRAMES = 800;
const SAMPLES = 60;
const FRAMES_PER_SAMPLE = 16;
const example = fileURLToPath(new URL('../examples/surface-inspection/', import.meta.url));
const signal = new AbortController().signal;
const onUnexpectedExit = (message) => {
  throw new Error(message);
};

/** An agent as installed: a process of its own, connected, with the example's model and a directory that it plays. */
export async function bench(say) {
  const dataDir = await mkdtemp(join(tmpdir(), 'hamon-memory-'));
  // The embedded database may run as another user, who must be able to walk here.
  await chmod(dataDir, 0o755);
  const running = [];
  try {
    const platform = await startPlatform(dataDir, onUnexpectedExit, signal);
    running.unshift(platform.process);
    const api = new Api(platform.httpUrl, platform.adminToken);
    const [device] = await startDevice(dataDir, api, platform.httpUrl);
    running.unshift(device.process);
    await deploy(api);
    say('the model is installed; the agent settles');
    return await measure(device.httpUrl);
  } finally {
    for (const process of running) await process.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function startDevice(dataDir, api, serverUrl) {
  const request = { uses: 1, ttlSeconds: 600, labels: {} };
  const { token } = await api.post('/v1/enrolment-tokens', request, EnrolmentTokenView);
  return startFleet({
    ...{ dataDir, serverUrl, enrolmentToken: token, devices: 1, signal, onUnexpectedExit },
    images: join(example, 'images/line'),
    framesPerSecond: FRAMES_PER_SECOND,
  });
}

async function deploy(api) {
  await api.post('/v1/models', { name: MODEL, task: 'classification' }, ModelView);
  await api.hamon('model', 'push', `${MODEL}@${VERSION}`, '--bundle', join(example, 'bundles', VERSION));
  await api.hamon('model', 'release', `${MODEL}@${VERSION}`);
  const policy = { probation: { seconds: 3, minFrames: 30 }, telemetry: { windowSeconds: 5 } };
  const request = { model: MODEL, version: VERSION, stages: '100%', watchSeconds: 5, policy };
  const { id } = await api.post('/v1/rollouts', request, RolloutView);
  const over = async () => {
    const { state, reason } = await api.get(`/v1/rollouts/${id}`, RolloutView);
    if (state === 'running') return undefined;
    if (state !== 'succeeded') throw new Error(`the rollout is ${state}: ${reason}`);
    return true;
  };
  await waitFor('the rollout', over, { timeoutMs: 180_000, everyMs: 500, signal });
}

async function measure(httpUrl) {
  const status = async () => (await fetch(`${httpUrl}/v1/status`)).json();
  const framesAfter = async (count) => {
    const until = (await status()).frames.answered + count;
    const reached = async () => (await status()).frames.answered >= until || undefined;
    await waitFor(`${count} frames`, reached, { timeoutMs: 300_000, everyMs: 250, signal });
  };
  await framesAfter(WARMUP_FRAMES);
  const supervisor = [];
  const child = [];
  for (let i = 0; i < SAMPLES; i += 1) {
    await framesAfter(FRAMES_PER_SAMPLE);
    const { pid, workers } = await status();
    supervisor.push(await rssMb(pid));
    child.push(await rssMb(workers.current));
  }
  const { frames } = await status();
  return {
    figures: [
      { what: 'supervisor, median', value: median(supervisor), unit: 'MB', aim: { atMost: 140 } },
      { what: 'supervisor, peak', value: Math.max(...supervisor), unit: 'MB' },
      { what: 'child, median', value: median(child), unit: 'MB', aim: { atMost: 160 } },
      { what: 'child, peak', value: Math.max(...child), unit: 'MB' },
      { what: 'frames answered', value: frames.answered, unit: '' },
    ],
    notes: [
      `${MODEL} ${VERSION}, ${FRAMES_PER_SECOND} frames a second from a directory, decoded in the supervisor`,
      `after ${WARMUP_FRAMES} frames, ${SAMPLES} looks at VmRSS, one each second or so`,
    ],
  };
}

/** Resident memory by the kernel's account (proc(5)), shared pages included. */
async function rssMb(pid) {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)[1]) / 1024;
}
