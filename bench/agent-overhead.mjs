import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '@hamon/stats';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FrameRouter } from '../agent/dist/data/frame-router.js';
import { TelemetryRecorder } from '../agent/dist/data/telemetry/telemetry-recorder.js';
import { DEFAULT_DEVICE_POLICY } from '../libs/contracts/dist/index.js';
import { InferenceHost } from '../libs/inference/dist/index.js';
import { CONV_STACK_INPUT, convStack } from '../libs/testing/dist/index.js';
import { timed } from './lib/timed.mjs';

const WANTED_MS = 5;
const ROUNDS = 15;
const UNMEASURED = 30;
const MEASURED = 60;

const { width, height, channels } = CONV_STACK_INPUT;
const DIMS = [1, channels, height, width];

/**
 * Router, child process and telemetry against `session.run` in this process: the same model file, one frame in flight, one
 * intra-op thread each, in alternating blocks, so that both sides meet the same machine. Frames are tensors, because
 * decoding is not part of the path.
 */
export async function bench(say) {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-bench-'));
  try {
    const modelPath = join(folder, 'model.onnx');
    const depth = await depthFor(modelPath, WANTED_MS);
    say(`agent-overhead: ${depth} layers, ${ROUNDS} rounds of two blocks`);
    return await compare(modelPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How many layers take about the wanted time on this machine; leaves that model in the file. */
async function depthFor(modelPath, wantedMs) {
  const msOf = async (depth) => {
    await writeFile(modelPath, convStack(depth));
    const { run } = await bareSession(modelPath);
    await timed(20, run);
    return median(await timed(40, run));
  };
  const [few, many] = [await msOf(2), await msOf(6)];
  const depth = Math.max(1, Math.round(2 + ((wantedMs - few) * 4) / (many - few)));
  await writeFile(modelPath, convStack(depth));
  return depth;
}

async function bareSession(modelPath) {
  const session = await InferenceSession.create(modelPath, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const values = new Float32Array(width * height * channels).fill(0.5);
  const feeds = { image: new Tensor('float32', values, DIMS) };
  return { run: () => session.run(feeds) };
}

async function compare(modelPath) {
  const bare = await bareSession(modelPath);
  const agent = await agentPath(modelPath);
  const [bareMs, agentMs, childMs] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    await timed(UNMEASURED, bare.run);
    bareMs.push(...(await timed(MEASURED, bare.run)));
    await timed(UNMEASURED, agent.run);
    agentMs.push(...(await timed(MEASURED, agent.run)));
    childMs.push(...(await timed(MEASURED, agent.hostOnly)));
  }
  const windows = await agent.stop();
  const [base, whole, child] = [median(bareMs), median(agentMs), median(childMs)];
  return {
    figures: [
      { what: 'bare session.run, median', value: base, unit: 'ms' },
      { what: 'child process alone, median', value: child, unit: 'ms' },
      { what: 'whole path, median', value: whole, unit: 'ms' },
      { what: 'whole path over bare', value: whole / base, unit: '×', aim: { atMost: 1.25 } },
      { what: 'extra per frame', value: whole - base, unit: 'ms' },
    ],
    notes: [`${bareMs.length} frames a side, ${windows} telemetry windows closed meanwhile`],
  };
}

async function agentPath(modelPath) {
  const input = {
    ...{ name: 'image', layout: 'NCHW', width, height, channels, dtype: 'float32', resize: 'stretch' },
    ...{ scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  };
  const output = { name: 'scores', activation: 'softmax', labels: ['a', 'b', 'c'] };
  const host = await InferenceHost.start({
    ...{ modelPath, input, output, intraOpNumThreads: 1, hangMs: 10_000, loadTimeoutMs: 30_000 },
  });
  const bundle = {
    ...{ schema: 'hamon.bundle/1', model: 'bench', version: '1.0.0', task: 'classification', input, output },
    ...{ variants: [{ name: 'fp32', file: 'model.onnx' }], budgets: { p95Ms: 1000, rssMb: 1000 } },
  };
  const version = { model: 'bench', version: '1.0.0', variant: 'fp32', bundle: '0'.repeat(64), sequence: 1 };
  let windows = 0;
  const telemetry = new TelemetryRecorder({ device: 'bench', onWindow: () => (windows += 1) });
  const router = new FrameRouter({ telemetry });
  router.setActive({ version, bundle, host }, { ...DEFAULT_DEVICE_POLICY, telemetry: { windowSeconds: 1 } });
  const data = new Float32Array(width * height * channels).fill(0.5);
  return {
    run: async () => {
      const outcome = await router.infer({ kind: 'tensor', data });
      if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.detail}`);
    },
    hostOnly: () => host.run(data),
    stop: async () => {
      await router.close();
      router.setActive(null, null);
      await telemetry.close();
      await host.stop();
      return windows;
    },
  };
}
