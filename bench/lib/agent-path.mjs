import { FrameRouter } from '../../agent/dist/data/frame-router.js';
import { loadedModel } from '../../agent/dist/data/loaded-model.js';
import { DEFAULT_DEVICE_POLICY } from '../../libs/contracts/dist/index.js';
import { openModel } from '../../libs/inference/dist/index.js';
import { CONV_STACK_INPUT } from '../../libs/testing/dist/index.js';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const { width, height, channels } = CONV_STACK_INPUT;
const frame = () => new Float32Array(width * height * channels).fill(0.5);

/** `session.run` in this process. */
export async function bareSession(modelPath) {
  const session = await InferenceSession.create(modelPath, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const feeds = { image: new Tensor('float32', frame(), [1, channels, height, width]) };
  return { run: () => session.run(feeds) };
}

/** One model behind its router: child process, decoding of the answer, telemetry. Frames are tensors. */
export async function agentPath(modelPath, model, task, output) {
  const input = {
    ...{ name: 'image', layout: 'NCHW', width, height, channels, dtype: 'float32', resize: 'stretch' },
    ...{ scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  };
  const bundle = {
    ...{ schema: 'hamon.bundle/2', model, version: '1.0.0', task, input, output },
    ...{ variants: [{ name: 'fp32', file: 'model.onnx' }], budgets: { p95Ms: 1000, rssMb: 1000 } },
  };
  const host = await openModel(bundle, {
    ...{ modelPath, intraOpNumThreads: 1, hangMs: 10_000, loadTimeoutMs: 30_000 },
  });
  const version = { model, version: '1.0.0', variant: 'fp32', bundle: '0'.repeat(64), sequence: 1 };
  const served = loadedModel(bundle, version, {}, host);
  let windows = 0;
  const router = new FrameRouter({ telemetry: { device: 'bench', onWindow: () => (windows += 1) } });
  router.setActive(served, { ...DEFAULT_DEVICE_POLICY, telemetry: { windowSeconds: 1 } });
  const data = frame();
  return {
    run: async () => {
      const outcome = await router.infer({ kind: 'tensor', data });
      if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.detail}`);
    },
    hostOnly: () => host.run(data),
    /** The outputs of a run → the answer, by a decoder of its own that finds them as they came. */
    decoder: async () => {
      const { tensors } = await host.run(data);
      const copy = () =>
        new Map([...tensors].map(([name, one]) => [name, { ...one, data: one.data.slice() }]));
      return { copy, decode: (copied) => served.decode(copied, { width, height }) };
    },
    stop: async () => {
      await router.close();
      router.setActive(null, null);
      await host.stop();
      return windows;
    },
  };
}
