/**
 * The agent's data plane over cameras, in a process of its own: from ffmpeg's pipe to the record of the answer, with the
 * model in its child process and telemetry, as installed. Started by `bench/camera.mjs` with one JSON argument
 * `{streams: [rows of agent.json], bundle}`; says `{stream, number, at}` of each answer, and its figures when it is asked.
 */
import { DataPlane } from '../../agent/dist/data-plane.js';
import { Secrets } from '../../agent/dist/adapters/secrets.js';
import { AgentConfig } from '../../agent/dist/config.js';
import { FrameCounters } from '../../agent/dist/data/frame-counters.js';
import { loadedModel } from '../../agent/dist/data/loaded-model.js';
import { DEFAULT_DEVICE_POLICY } from '../../libs/contracts/dist/index.js';
import { openModel } from '../../libs/inference/dist/index.js';
import { readNumber } from '../../libs/testing/dist/index.js';
import pino from 'pino';
import { readBundle } from './bundle.mjs';
import { monotonicMs, sendInBatches } from './camera-process.mjs';

const { streams, bundle: folder } = JSON.parse(process.argv[2]);
const { bundle, modelPath } = await readBundle(folder);
const host = await openModel(bundle, {
  ...{ modelPath, intraOpNumThreads: 1, hangMs: 20_000, loadTimeoutMs: 60_000 },
});
const { model } = bundle;
const counters = new FrameCounters();
const plane = new DataPlane({
  ...{ fleet: 'bench', device: 'bench', config: AgentConfig.parse({ streams }), counters },
  ...{ stateFolder: '/nonexistent', secrets: new Secrets('/nonexistent', {}), now: () => new Date() },
  ...{ serverUrl: 'http://127.0.0.1:9', apiToken: () => Promise.resolve('none') },
  ...{
    publisher: { isConnected: false, publish: () => Promise.resolve() },
    outbox: { add: () => Promise.resolve() },
  },
  ...{
    tellCondition: () => undefined,
    conditions: () => [],
    tell: () => undefined,
    onWindow: () => undefined,
  },
  ...{ modelOf: () => model, isOffered: () => true, log: pino({ level: 'silent' }) },
});
const version = { model, version: bundle.version, variant: 'fp32', bundle: '0'.repeat(64), sequence: 1 };
plane.router(model).setActive(loadedModel(bundle, version, {}, host), {
  ...DEFAULT_DEVICE_POLICY,
  fallback: { ...DEFAULT_DEVICE_POLICY.fallback, enabled: false },
});
const answered = sendInBatches('answers');
plane.listen(({ frame, record }) => {
  const at = monotonicMs();
  if (record.result) answered({ stream: record.stream, number: readNumber(frame.pixels), at });
});
plane.start();

const ACTIONS = {
  look: () => ({
    cpuMs: process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000,
    rssMb: process.memoryUsage.rss() / 1024 ** 2,
    frames: counters.read(),
    sources: plane.streamStatus.map(({ source }) => source),
  }),
  end: async () => {
    await plane.stop();
    await host.stop();
    process.disconnect();
    return undefined;
  },
};
process.on('message', async (action) => {
  const told = await ACTIONS[action]();
  if (told) process.send({ kind: action, told });
});
process.send({ kind: 'ready' });
