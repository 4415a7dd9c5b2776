/**
 * An agent's data plane in a process of its own: one stream by HTTP, one by MQTT where a broker's address is given, both of
 * one camera. `node triggered-plane.mjs MODEL [BROKER]` prints `{"http": URL}` when it is ready and ends with its input.
 */
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { AgentConfig } from '../../agent/dist/config.js';
import { DataPlane } from '../../agent/dist/data-plane.js';
import { Secrets } from '../../agent/dist/adapters/secrets.js';
import { FrameCounters } from '../../agent/dist/data/frame-counters.js';
import { startLocalHttp } from '../../agent/dist/data/http/local-http.js';
import { triggerRoutes } from '../../agent/dist/data/http/trigger-route.js';
import { loadedModel } from '../../agent/dist/data/loaded-model.js';
import { DEFAULT_DEVICE_POLICY } from '../../libs/contracts/dist/index.js';
import { openModel } from '../../libs/inference/dist/index.js';
import { CONV_STACK_INPUT } from '../../libs/testing/dist/index.js';

const [modelPath, brokerUrl] = process.argv.slice(2);
const { width, height, channels } = CONV_STACK_INPUT;

const camera = fileURLToPath(new URL('./grey-camera.mjs', import.meta.url));
const size = { width, height };
const source = { kind: 'command', run: [process.execPath, camera, `${width}`, `${height}`], ...size };
const watchdogs = { frozenSeconds: 0, blackSeconds: 0 };
const stream = (name, trigger) => ({ name, model: 'stack', source: { ...source, ...watchdogs }, trigger });
const topics = { topic: 'bench/trigger', answerTopic: 'bench/answer', qos: 0 };
const config = AgentConfig.parse({
  streams: [
    stream('by-http', { kind: 'http' }),
    ...(brokerUrl ? [stream('by-mqtt', { kind: 'mqtt', broker: { url: brokerUrl }, ...topics })] : []),
  ],
});

const bundle = {
  ...{ schema: 'hamon.bundle/2', model: 'stack', version: '1.0.0', task: 'classification' },
  input: {
    ...{ name: 'image', layout: 'NCHW', width, height, channels, dtype: 'float32', resize: 'stretch' },
    ...{ scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  },
  output: { name: 'scores', activation: 'softmax', labels: ['a', 'b', 'c'] },
  ...{ variants: [{ name: 'fp32', file: 'model.onnx' }], budgets: { p95Ms: 1000, rssMb: 1000 } },
};
const host = await openModel(bundle, {
  ...{ modelPath, intraOpNumThreads: 1, hangMs: 10_000, loadTimeoutMs: 30_000 },
});
const version = { model: 'stack', version: '1.0.0', variant: 'fp32', bundle: '0'.repeat(64), sequence: 1 };

const plane = new DataPlane({
  ...{ fleet: 'bench', device: 'bench', config, counters: new FrameCounters(), now: () => new Date() },
  ...{ stateFolder: '/nonexistent', secrets: new Secrets('/nonexistent', {}) },
  ...{ serverUrl: 'http://127.0.0.1:9', apiToken: () => Promise.resolve('none') },
  publisher: { isConnected: false, publish: () => Promise.resolve() },
  outbox: { add: () => Promise.resolve() },
  ...{ tell: () => undefined, tellCondition: () => undefined, conditions: () => [] },
  ...{ modelOf: () => 'stack', isOffered: () => true, onWindow: () => undefined },
  log: pino({ level: 'silent' }),
});
plane.router('stack').setActive(loadedModel(bundle, version, {}, host), DEFAULT_DEVICE_POLICY);
plane.start();
const http = await startLocalHttp({ host: '127.0.0.1', port: 0, routes: triggerRoutes(plane) });
console.log(JSON.stringify({ http: http.url }));

process.stdin.resume().on('end', async () => {
  await http.close();
  await plane.stop();
  await host.stop();
  process.exit(0);
});
