// An agent's Sparkplug B sink in a process of its own, which a test kills: `node sparkplug-process.mjs PORT STATE`.
import { PlantLinks } from '../../../dist/adapters/plant-links.js';
import { SparkplugSink } from '../../../dist/data/sinks/sparkplug-sink.js';

const now = () => new Date();
const secrets = { resolve: () => Promise.reject(new Error('there is none')) };
const sink = new SparkplugSink({
  config: { broker: { url: `mqtt://127.0.0.1:${process.argv[2]}` }, group: 'plant', node: 'cell-1' },
  plant: new PlantLinks({ fleet: 'acme', device: 'cam-1', now, secrets }),
  device: 'cam-1',
  stateFolder: process.argv[3],
  now,
  onEvent: () => undefined,
  tellCondition: () => undefined,
});
setInterval(() => {
  const error = { code: 'no-frame', detail: 'none has come' };
  sink.write({ schema: 'hamon.record/2', at: now().toISOString(), stream: 'top', error });
}, 20);
