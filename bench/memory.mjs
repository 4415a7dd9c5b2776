import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnrolmentTokenView, ModelView, RolloutView } from '@hamon/contracts';
import { median } from '@hamon/stats';
import { Api } from '../scripts/demo/dist/api.js';
import { startFleet } from '../scripts/demo/dist/fleet.js';
import { startPlatform } from '../scripts/demo/dist/platform.js';
import { waitFor } from '../scripts/demo/dist/wait.js';
import { memoryOf } from './lib/process-memory.mjs';

const VERSION = '2.0.0';
const FRAMES_PER_SECOND = 16;
const WARMUP_FRAMES = 800;
const SAMPLES = 40;
const FRAMES_PER_SAMPLE = 16;
const MB = 1024 ** 2;
const example = fileURLToPath(new URL('../examples/surface-inspection/', import.meta.url));
/** Two of one task and one of another, as a line has them. */
const MODELS = [
  { model: 'surface-inspection', task: 'classification', bundle: join(example, 'bundles', VERSION) },
  {
    ...{ model: 'surface-defects', task: 'detection' },
    bundle: join(example, 'bundles/surface-defects', VERSION),
  },
  { model: 'surface-grading', task: 'classification', bundle: join(example, 'bundles', VERSION) },
];
const signal = new AbortController().signal;
const onUnexpectedExit = (message) => {
  throw new Error(message);
};

/** An agent as installed: a process of its own, connected, with one model after the other and a directory to each. */
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
    const looks = [];
    for (const row of MODELS) {
      await deploy(api, await named(row, dataDir));
      say(`${row.model} is installed; the agent settles`);
      looks.push(await settled(device.httpUrl));
    }
    return figuresOf(looks, await Promise.all(MODELS.map(fileMb)));
  } finally {
    for (const process of running) await process.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function startDevice(dataDir, api, serverUrl) {
  const body = { uses: 1, ttlSeconds: 600, labels: {} };
  const { token } = await api.call('POST /v1/enrolment-tokens', EnrolmentTokenView, { body });
  const images = join(example, 'images/line');
  return startFleet({
    ...{ dataDir, serverUrl, enrolmentToken: token, devices: 1, signal, onUnexpectedExit },
    plays: MODELS.map(({ model }) => ({ model, images, framesPerSecond: FRAMES_PER_SECOND })),
  });
}

/** The bundle under this model's name. */
async function named({ model, task, bundle }, dataDir) {
  const folder = join(dataDir, `bundle-${model}`);
  await cp(bundle, folder, {
    recursive: true,
    filter: (path) => !path.startsWith(join(bundle, 'surface-defects')),
  });
  const file = join(folder, 'bundle.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), model }));
  return { model, task, folder };
}

async function deploy(api, { model, task, folder }) {
  await api.call('POST /v1/models', ModelView, { body: { name: model, task } });
  await api.hamon('model', 'push', `${model}@${VERSION}`, '--bundle', folder);
  await api.hamon('model', 'release', `${model}@${VERSION}`);
  const policy = { probation: { seconds: 3, minFrames: 30 }, telemetry: { windowSeconds: 5 } };
  const body = { model, version: VERSION, stages: '100%', watchSeconds: 5, policy };
  const { id } = await api.call('POST /v1/rollouts', RolloutView, { body });
  const over = async () => {
    const { state, reason } = await api.call('GET /v1/rollouts/{id}', RolloutView, { params: { id } });
    if (state === 'running') return undefined;
    if (state !== 'succeeded') throw new Error(`the rollout is ${state}: ${reason}`);
    return true;
  };
  await waitFor(`the rollout of ${model}`, over, { timeoutMs: 180_000, everyMs: 500, signal });
}

/** After some frames of all models: medians of the supervisor's memory, and of each child's. */
async function settled(httpUrl) {
  const status = async () => (await fetch(`${httpUrl}/v1/status`)).json();
  const framesAfter = async (count) => {
    const until = (await status()).frames.answered + count;
    const reached = async () => (await status()).frames.answered >= until || undefined;
    await waitFor(`${count} frames`, reached, { timeoutMs: 300_000, everyMs: 250, signal });
  };
  const { models: served } = await status();
  await framesAfter(WARMUP_FRAMES * served.length);
  const [supervisor, children] = [[], new Map(served.map(({ model }) => [model, []]))];
  for (let i = 0; i < SAMPLES; i += 1) {
    await framesAfter(FRAMES_PER_SAMPLE * served.length);
    const { pid, models } = await status();
    supervisor.push((await memoryOf(pid)).rssMb);
    for (const { model, workers } of models) children.get(model).push(await memoryOf(workers.current));
  }
  const of = (samples, field) => median(samples.map((sample) => sample[field]));
  const childOf = (samples) => ({
    ...{ rssMb: of(samples, 'rssMb'), pssMb: of(samples, 'pssMb'), ownMb: of(samples, 'ownMb') },
  });
  return {
    supervisorMb: median(supervisor),
    supervisorPeakMb: Math.max(...supervisor),
    children: new Map([...children].map(([model, samples]) => [model, childOf(samples)])),
    frames: (await status()).frames.answered,
  };
}

async function fileMb({ bundle }) {
  return (await stat(join(bundle, 'model.fp32.onnx'))).size / MB;
}

function figuresOf(looks, filesMb) {
  const [first, last] = [looks[0], looks.at(-1)];
  const children = MODELS.map(({ model }) => last.children.get(model));
  const most = (field) => Math.max(...children.map((child) => child[field]));
  const above = Math.max(...children.map(({ pssMb }, i) => pssMb - filesMb[i]));
  const growthMb = (last.supervisorMb - first.supervisorMb) / (looks.length - 1);
  return {
    figures: [
      { what: 'supervisor, one model, median', value: first.supervisorMb, unit: 'MB', aim: { atMost: 140 } },
      { what: 'supervisor, three models, median', value: last.supervisorMb, unit: 'MB' },
      { what: 'supervisor, growth per added model', value: growthMb, unit: 'MB', aim: { atMost: 8 } },
      { what: 'supervisor, three models, peak', value: last.supervisorPeakMb, unit: 'MB' },
      {
        what: 'child, PSS above its model’s file, most of three',
        value: above,
        unit: 'MB',
        aim: { atMost: 35 },
      },
      { what: 'child, PSS, most of three', value: most('pssMb'), unit: 'MB' },
      { what: 'child, shared with nobody, most of three', value: most('ownMb'), unit: 'MB' },
      { what: 'child, RSS, most of three', value: most('rssMb'), unit: 'MB', aim: { atMost: 160 } },
      { what: 'frames answered', value: last.frames, unit: '' },
    ],
    notes: [
      `${MODELS.map(({ model }) => model).join(', ')} ${VERSION}, one after the other, ${FRAMES_PER_SECOND} frames a second for each from a directory, decoded in the supervisor`,
      `after ${WARMUP_FRAMES} frames a model, ${SAMPLES} looks at smaps_rollup, one each second or so`,
      'PSS: pages that several processes of this machine map count by their share; with fewer Node processes beside, a child has up to 15 MB more',
    ],
  };
}
