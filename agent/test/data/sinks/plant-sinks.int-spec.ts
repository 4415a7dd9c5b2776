import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResultRecord, SinkConfig, type DeviceCondition } from '@hamon/contracts';
import { Mosquitto, needing, whyNoMosquitto } from '@hamon/testing';
import mqtt, { type MqttClient } from 'mqtt';
import pino from 'pino';
import { get } from 'sparkplug-payload';
import { PlantLinks } from '../../../src/adapters/plant-links.js';
import { Secrets } from '../../../src/adapters/secrets.js';
import type { ResultSink } from '../../../src/data/sinks/result-sink.js';
import { openSink } from '../../../src/data/sinks/sink-kinds.js';
import { until } from '../../support/until.js';
import { label, values } from '../support/records.js';
import { SparkplugHost } from '../support/sparkplug-host.js';

let broker: Mosquitto;
let peer: MqttClient;
let troubles: Map<DeviceCondition['code'], string>;
let events: string[];
const ends: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  troubles = new Map();
  events = [];
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startBroker(): Promise<void> {
  broker = await Mosquitto.open();
  ends.push(() => broker.discard());
  await broker.start();
  peer = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 50 });
  ends.push(() => peer.endAsync(true));
}

function open(row: object): ResultSink {
  const plant = new PlantLinks({
    ...{ fleet: 'acme', device: 'cam-1', now: () => new Date() },
    secrets: new Secrets('/nonexistent', {}),
  });
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const config = SinkConfig.parse({ kind: 'plant-mqtt', broker: { url }, ...row });
  const sink = openSink(config, {
    ...{ fleet: 'acme', device: 'cam-1', plant, stateFolder: '/nonexistent', now: () => new Date() },
    secrets: new Secrets('/nonexistent', {}),
    publisher: { isConnected: false, publish: () => Promise.resolve() },
    onEvent: ({ kind, detail }) => void events.push(`${kind}: ${detail}`),
    tellCondition: (code, trouble) => {
      if (trouble) troubles.set(code, trouble.detail);
      else troubles.delete(code);
    },
    log: pino({ level: 'silent' }),
  });
  ends.push(() => sink.close());
  return sink;
}

/** What is left after everything that nobody needs is gone. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

/** Written again and again until one of them is there. */
async function reaches(sink: ResultSink, record: ResultRecord, isThere: () => boolean): Promise<void> {
  await until('a record', () => {
    if (!isThere()) sink.write(record);
    return isThere();
  });
}

needing(describe, whyNoMosquitto)('answers on the plant’s broker', () => {
  beforeEach(startBroker);

  it('are records, on a topic for each stream', async () => {
    const heard = new Map<string, ResultRecord>();
    await peer.subscribeAsync('plant/#', { qos: 1 });
    peer.on('message', (topic, payload) =>
      heard.set(topic, ResultRecord.parse(JSON.parse(payload.toString()))),
    );
    const sink = open({ topic: 'plant/{device}/{stream}/answer' });
    await reaches(sink, label('dent', 0.9, 'top'), () => heard.size > 0);
    await reaches(sink, label('ok', 0.8, 'side'), () => heard.size > 1);
    expect(Object.fromEntries(heard)).toMatchObject({
      'plant/cam-1/top/answer': { stream: 'top', result: { output: { label: 'dent' } } },
      'plant/cam-1/side/answer': { stream: 'side', result: { output: { label: 'ok' } } },
    });
  });

  it('are dropped and counted while the broker is away, told once, and flow again by themselves', async () => {
    let heard = 0;
    await peer.subscribeAsync('hamon/cam-1/top', { qos: 1 });
    peer.on('message', () => (heard += 1));
    const sink = open({});
    await reaches(sink, label('dent', 0.9, 'top'), () => heard > 0);
    await broker.stop();
    const before = sink.dropped;
    await until('a drop', () => {
      sink.write(label('dent', 0.9, 'top'));
      return sink.dropped > before;
    });
    const dropped = sink.dropped;
    const bytes = heldBytes();
    for (let i = 0; i < 100_000; i += 1) sink.write(label('dent', 0.9, 'top'));
    expect(sink.dropped).toBe(dropped + 100_000);
    // A hundred thousand records that were kept would be some 50 MB.
    expect(heldBytes() - bytes).toBeLessThan(5e6);
    expect(troubles.get('results-dropped')).toContain(`the plant's broker mqtt://127.0.0.1:${broker.port}`);
    const told = events.length;
    expect(told).toBeLessThanOrEqual(2);
    await broker.start();
    await until('the end of the condition', () => !troubles.has('results-dropped'));
    await until('the peer', () => peer.connected);
    const count = heard;
    await reaches(sink, label('dent', 0.9, 'top'), () => heard > count);
    expect(events).toHaveLength(told);
  });
});

needing(describe, whyNoMosquitto)('answers in Sparkplug B', () => {
  let host: SparkplugHost;
  beforeEach(async () => {
    await startBroker();
    host = new SparkplugHost();
    peer.on('message', (topic, payload) => host.receive({ topic, payload }));
    await peer.subscribeAsync(
      ['NBIRTH', 'NDEATH', 'DBIRTH', 'DDATA', 'DDEATH'].map((type) => `spBv1.0/plant/${type}/#`),
      {
        qos: 1,
      },
    );
  });
  const row = { format: 'sparkplug-b', group: 'plant', node: 'cell-1' };

  it('begin with births, go on with data, and end with a death', async () => {
    const sink = open(row);
    await until('the birth', () => host.isAlive);
    for (let i = 0; i < 300; i += 1) {
      sink.write(label('dent', i / 300, 'top'));
      sink.write(values({ width: i }, 'side'));
      await until('room', () => host.seen.length >= 1 + 2 * i);
    }
    await until('the last', () => host.metricsOf('side')?.['value/width'] === 299);
    expect(host.metricsOf('top')).toMatchObject({ label: 'dent', confidence: 299 / 300 });
    sink.leave?.('side');
    await until('the death of one', () => host.metricsOf('side') === undefined);
    sink.write(label('dent', 1, 'top'));
    await sink.close();
    await until('the death', () => !host.isAlive);
    expect(host.seen.slice(0, 3)).toEqual(['NBIRTH', 'DBIRTH', 'DBIRTH']);
    expect(host.seen.filter((type) => type === 'DDATA')).toHaveLength(599);
    expect(host.seen.at(-1)).toBe('NDEATH');
    expect({ dropped: sink.dropped, events }).toEqual({ dropped: 0, events: [] });
  });

  it('are born anew when a host asks, and after the broker was away', async () => {
    const sink = open(row);
    await reaches(sink, label('dent', 0.5, 'top'), () => host.metricsOf('top') !== undefined);
    const rebirth = get('spBv1.0')!.encodePayload({
      timestamp: Date.now(),
      metrics: [{ name: 'Node Control/Rebirth', type: 'Boolean', value: true }],
    });
    const births = (): number => host.seen.filter((type) => type === 'NBIRTH').length;
    const before = births();
    await peer.publishAsync('spBv1.0/plant/NCMD/cell-1', Buffer.from(rebirth));
    await until('another birth', () => births() > before && host.metricsOf('top') !== undefined);
    await broker.stop();
    await until('a drop', () => {
      sink.write(label('ok', 0.75, 'top'));
      return troubles.has('results-dropped');
    });
    await broker.start();
    await until('a birth of what was said last', () => {
      sink.write(label('ok', 0.75, 'top'));
      return host.metricsOf('top')?.['confidence'] === 0.75;
    });
    await until('the end of the condition', () => !troubles.has('results-dropped'));
    expect(host.isAlive).toBe(true);
  });

  it('are told dead by the broker where the agent is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hamon-sparkplug-'));
    ends.push(() => rm(folder, { recursive: true }));
    const program = fileURLToPath(new URL('../support/sparkplug-process.mjs', import.meta.url));
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [program, String(broker.port), folder], { stdio: 'inherit' });
      ends.push(async () => child.kill('SIGKILL'));
      await until('its birth', () => host.isAlive && host.metricsOf('top') !== undefined);
      return child;
    };
    for (const kills of [1, 2]) {
      const child = await start();
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      await until('its death', () => !host.isAlive);
      expect(host.seen.filter((type) => type === 'NDEATH')).toHaveLength(kills);
    }
    expect(host.births).toEqual([0, 1]);
    expect(host.oldDeaths).toBe(0);
  });
});
