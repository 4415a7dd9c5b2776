/**
 * A device's data plane in a process of its own, which `bench/drop-folder.mjs` kills: a drop folder, the example's model in
 * its child, and a file of results. `node drop-device.mjs FOLDER STATE RESULTS`; says `ready` when it plays.
 */
import { fileURLToPath } from 'node:url';
import { DEFAULT_DEVICE_POLICY } from '@hamon/contracts';
import { openModel, readBundle } from '@hamon/inference';
import pino from 'pino';
import { Secrets } from '../../agent/dist/adapters/secrets.js';
import { Conditions } from '../../agent/dist/conditions.js';
import { AgentConfig } from '../../agent/dist/config.js';
import { DataPlane } from '../../agent/dist/data-plane.js';
import { FrameCounters } from '../../agent/dist/data/frame-counters.js';
import { loadedModel } from '../../agent/dist/data/loaded-model.js';

const [folder, state, results] = process.argv.slice(2);
const bundleFolder = fileURLToPath(
  new URL('../../examples/surface-inspection/bundles/2.0.0', import.meta.url),
);
const now = () => new Date();
const conditions = new Conditions(now, () => undefined);
const log = pino({ level: 'silent' });
const config = AgentConfig.parse({
  streams: [
    {
      name: 'line',
      source: { kind: 'drop-folder', path: folder, keepFiles: 100_000 },
      sinks: [{ kind: 'jsonl', path: results, maxBytes: 1_000_000_000 }],
    },
  ],
});
const plane = new DataPlane({
  ...{ fleet: 'bench', device: 'bench', config, counters: new FrameCounters(), now, log },
  ...{ stateFolder: state, secrets: new Secrets(state, {}) },
  ...{ serverUrl: 'http://127.0.0.1:9', apiToken: async () => 'none' },
  publisher: { isConnected: false, publish: async () => undefined },
  tellCondition: conditions.tell,
  conditions: () => conditions.list(),
  outbox: { add: async () => undefined },
  tell: (kind, { detail }) => process.stderr.write(`${kind}: ${detail}\n`),
  modelOf: () => 'surface-inspection',
  isOffered: () => true,
  onWindow: () => undefined,
});
const bundle = await readBundle(bundleFolder);
if (!bundle.ok) throw new Error(`${bundleFolder}: ${JSON.stringify(bundle.error)}`);
const { model, version } = bundle.value;
const host = await openModel(bundle.value, {
  ...{ modelPath: `${bundleFolder}/model.fp32.onnx`, intraOpNumThreads: 1 },
  ...{ hangMs: 20_000, loadTimeoutMs: 60_000 },
});
const named = { model, version, variant: 'fp32', bundle: '2'.repeat(64), sequence: 1 };
plane.router(model).setActive(loadedModel(bundle.value, named, {}, host), {
  ...DEFAULT_DEVICE_POLICY,
  fallback: { ...DEFAULT_DEVICE_POLICY.fallback, enabled: false },
});
plane.start();
process.send?.('ready');
