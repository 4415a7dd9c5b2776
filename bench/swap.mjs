import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DEFAULT_DEVICE_POLICY } from '@hamon/contracts';
import { openModel, readBundle } from '@hamon/inference';
import { median } from '@hamon/stats';
import { FrameRouter } from '../agent/dist/data/frame-router.js';
import { loadedModel } from '../agent/dist/data/loaded-model.js';
import { keepYoungGenerationSmall } from '../agent/dist/data/young-generation.js';

const SWAPS = 20;
const WARMUP_SWAPS = 5;
const WARMUP_FRAMES = 3000;
const SENDERS = 3;
const FRAMES_PER_PHASE = 100;
const MIB = 1024 ** 2;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const bundles = fileURLToPath(new URL('../examples/surface-inspection/bundles/', import.meta.url));
const images = Array.from({ length: 8 }, (_, i) => readFileSync(`${bundles}2.0.0/golden/${i}.png`));
const policy = {
  ...DEFAULT_DEVICE_POLICY,
  fallback: { ...DEFAULT_DEVICE_POLICY.fallback, enabled: false },
};

/**
 * Twenty whole updates of one device under load: load the candidate in a fresh child, shadow it, activate it, keep the
 * former one as shadow, stop it. Counts frames without an answer and watches the supervisor's memory.
 */
export async function bench() {
  // As the agent does when it starts.
  keepYoungGenerationSmall();
  let counted = 0;
  // Only counted: a bench that kept the windows would measure its own memory.
  const onWindow = ({ inferences }) => void (counted += inferences);
  const router = new FrameRouter({ telemetry: { device: 'bench', onWindow } });
  let sequence = 1;
  let current = await openVersion('1.0.0', sequence);
  router.setActive(current, policy);

  const load = startLoad(router);
  const update = async () => {
    sequence += 1;
    const next = await openVersion(sequence % 2 === 0 ? '2.0.0' : '1.0.0', sequence);
    const former = current;
    router.setShadow(next, 'candidate');
    await load.moreFrames(FRAMES_PER_PHASE);
    router.setActive(next, policy);
    router.setShadow(former, 'previous');
    await load.moreFrames(FRAMES_PER_PHASE);
    router.setShadow(null);
    await router.whenUnused(former);
    await former.host.stop();
    current = next;
  };

  // Warm-up: code is compiled, the image library's buffers and the heap have grown before memory is compared.
  for (let i = 0; i < WARMUP_SWAPS; i += 1) await update();
  await load.moreFrames(WARMUP_FRAMES);
  const rssBefore = await settledRss(load);
  const samples = [];
  for (let i = 0; i < SWAPS; i += 1) {
    await update();
    samples.push(process.memoryUsage.rss() / MIB);
  }
  const rssAfter = await settledRss(load);
  const { sent, failed } = await load.stop();
  await router.close();
  await current.host.stop();

  const { accepted, answered } = router.counters();
  return {
    figures: [
      { what: 'frames under load', value: sent, unit: '' },
      { what: 'frames lost', value: accepted - answered + failed, unit: '', aim: { atMost: 0 } },
      { what: 'frames missing in telemetry', value: answered - counted, unit: '', aim: { atMost: 0 } },
      { what: 'supervisor before', value: rssBefore, unit: 'MB' },
      { what: 'supervisor after', value: rssAfter, unit: 'MB' },
      { what: 'supervisor at its peak', value: Math.max(...samples), unit: 'MB' },
      { what: 'supervisor growth', value: rssAfter / rssBefore - 1, unit: '', aim: { atMost: 0.05 } },
    ],
    notes: [
      `${SWAPS} swaps, each with a candidate's shadow run before and the former version's after it`,
      'before and after: a full collection first; the peak: as it comes',
    ],
  };
}

async function openVersion(version, sequence) {
  const folder = `${bundles}${version}`;
  const bundle = await readBundle(folder);
  if (!bundle.ok) throw new Error(`${folder}: ${JSON.stringify(bundle.error)}`);
  const { model, variants } = bundle.value;
  const host = await openModel(bundle.value, {
    modelPath: `${folder}/${variants[0].file}`,
    intraOpNumThreads: 1,
    hangMs: 10_000,
    loadTimeoutMs: 60_000,
  });
  const digest = (version === '1.0.0' ? 'a' : 'b').repeat(64);
  return loadedModel(bundle.value, { model, version, variant: 'fp32', bundle: digest, sequence }, {}, host);
}

function startLoad(router) {
  const counts = { sent: 0, failed: 0 };
  let stopping = false;
  const senders = Array.from({ length: SENDERS }, async (_, sender) => {
    for (let i = sender; !stopping; i += 1) {
      const outcome = await router.infer({
        kind: 'image',
        bytes: images[i % images.length],
        mediaType: 'image/png',
      });
      counts.sent += 1;
      if (!outcome.ok) counts.failed += 1;
    }
  });
  return {
    moreFrames: async (frames) => {
      const wanted = counts.sent + frames;
      while (counts.sent < wanted) await new Promise((resolve) => setTimeout(resolve, 2));
    },
    stop: async () => {
      stopping = true;
      await Promise.all(senders);
      return counts;
    },
  };
}

/**
 * The median over many frames under load, after a full collection: without it the figure is where the collector happens
 * to be in its cycle, which moves it by 13 % either way.
 */
async function settledRss(load) {
  const samples = [];
  for (let i = 0; i < 15; i += 1) {
    collectGarbage();
    await load.moreFrames(40);
    samples.push(process.memoryUsage.rss() / MIB);
  }
  return median(samples);
}
