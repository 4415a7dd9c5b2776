import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InferenceResult, Problem, ResultRecord } from '@hamon/contracts';
import { Mosquitto, needing, whyNoMosquitto } from '@hamon/testing';
import mqtt, { type MqttClient } from 'mqtt';
import { startLocalHttp, type LocalHttp } from '../../../src/data/http/local-http.js';
import { triggerRoutes } from '../../../src/data/http/trigger-route.js';
import { Plc } from '../../support/plc.js';
import { image, startModel, stopModels } from '../support/example-models.js';
import { EDGE_POLICY, testPlane, type TestPlane } from '../support/test-plane.js';
import { until } from '../../support/until.js';

let folder: string;
let test: TestPlane;
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-triggers-'));
  await mkdir(join(folder, 'images'));
  await mkdir(join(folder, 'empty'));
  for (let i = 0; i < 8; i += 1) await writeFile(join(folder, 'images', `${i}.png`), image(i).bytes);
});
afterEach(async () => {
  await test.plane.stop();
  for (const end of ends.splice(0).reverse()) await end();
  await stopModels();
  await rm(folder, { recursive: true });
});

const camera = (name: string, more: object = {}) => ({
  ...{ name, model: 'spots', source: { kind: 'directory', path: join(folder, 'images') } },
  sinks: [{ kind: 'jsonl', path: join(folder, `${name}.jsonl`) }],
  ...more,
});

async function running(...streams: object[]): Promise<void> {
  test = testPlane({ streams });
  test.plane.router('spots').setActive(await startModel('2.0.0', { name: 'spots' }), EDGE_POLICY);
  test.plane.start();
}

function recordsOf(name: string): ResultRecord[] {
  const path = join(folder, `${name}.jsonl`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => ResultRecord.parse(JSON.parse(line)));
}
const manyIn = (name: string, count: number): Promise<void> =>
  until(`${count} records of ${name}`, () => recordsOf(name).length >= count);
const conditions = (): Record<string, string> =>
  Object.fromEntries(test.conditions.list().map(({ code, detail }) => [code, detail]));

describe('a stream that waits for HTTP', () => {
  let http: LocalHttp;

  async function serving(...streams: object[]): Promise<void> {
    await running(...streams);
    http = await startLocalHttp({ host: '127.0.0.1', port: 0, routes: triggerRoutes(test.plane) });
    ends.push(() => http.close());
  }
  const ask = (stream: string, body = '', query = ''): Promise<Response> =>
    fetch(`${http.url}/v1/streams/${stream}/trigger${query}`, { method: 'POST', body });

  it('answers each asking with the result of a frame of its own, and its sinks get it too', async () => {
    await serving(camera('cell', { trigger: { kind: 'http' }, defect: { labels: ['dent'] } }));
    const first = await ask('cell');
    expect(first.status).toBe(200);
    expect(InferenceResult.parse(await first.json())).toMatchObject({ model: 'spots', source: 'edge' });
    const second = await ask('cell', '{"correlation": "part-7"}', '?as=record');
    const record = ResultRecord.parse(await second.json());
    expect(record).toMatchObject({ stream: 'cell', trigger: { kind: 'http', correlation: 'part-7' } });
    expect(record.verdict).toBeDefined();
    await manyIn('cell', 2);
    const kept = recordsOf('cell');
    expect(kept.map(({ trigger }) => trigger?.correlation)).toEqual([undefined, 'part-7']);
    expect(kept[1]?.id).toBe(record.id);
    expect(new Set(kept.map(({ frame }) => frame)).size).toBe(2);
  });

  it('says why there is no answer', async () => {
    await serving(
      camera('cell', { trigger: { kind: 'http' } }),
      camera('asleep', {
        source: { kind: 'directory', path: join(folder, 'empty') },
        trigger: { kind: 'http', frameTimeoutMs: 50 },
      }),
      camera('asked', { source: { kind: 'http' } }),
      camera('orphan', { model: 'not-here', trigger: { kind: 'http' } }),
      camera('drops', { source: { kind: 'drop-folder', path: join(folder, 'empty') } }),
    );
    const problem = async (answer: Promise<Response>): Promise<unknown> =>
      Problem.parse(await (await answer).json());
    expect(await problem(ask('nobody'))).toMatchObject({
      ...{ status: 404, code: 'unknown-stream' },
      detail: 'this device has no stream "nobody"; there are cell, asleep, asked, orphan, drops',
    });
    expect(await problem(ask('asked'))).toMatchObject({ status: 409, code: 'no-source' });
    expect(await problem(ask('drops'))).toMatchObject({ status: 409, code: 'no-newest-frame' });
    expect(await problem(ask('asleep', 'part-8'))).toMatchObject({
      ...{ status: 504, code: 'no-frame', detail: 'no frame has come within 50 ms' },
    });
    expect(await problem(ask('orphan'))).toMatchObject({ status: 503, code: 'no-model' });
    expect(await problem(ask('cell', '{'))).toMatchObject({ status: 400, code: 'bad-trigger' });
    expect(await problem(ask('cell', 'x'.repeat(20_000)))).toMatchObject({ status: 413 });
    await manyIn('asleep', 1);
    expect(recordsOf('asleep')).toMatchObject([
      { error: { code: 'no-frame' }, trigger: { kind: 'http', correlation: 'part-8' } },
    ]);
  });

  it('answers a storm of askings each once, those beyond its places as overloaded', async () => {
    await serving(camera('cell', { trigger: { kind: 'http', delayMs: 100 } }));
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => (await ask('cell', `${i}`)).status),
    );
    expect(answers.filter((status) => status === 200).length).toBeGreaterThanOrEqual(8);
    expect(answers.filter((status) => status === 503)).not.toHaveLength(0);
    expect((await ask('cell')).status).toBe(200);
    await manyIn('cell', 31);
    const asked = recordsOf('cell').map(({ trigger }) => trigger?.correlation);
    expect(new Set(asked).size).toBe(31);
  });
});

needing(describe, whyNoMosquitto)('a stream that waits for the plant’s broker', () => {
  let broker: Mosquitto;
  let line: MqttClient;
  let answers: ResultRecord[];
  let isListening: boolean;
  const GREETING = 'are you there';

  beforeEach(async () => {
    broker = await Mosquitto.open();
    ends.push(() => broker.discard());
    await broker.start();
    line = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 50 });
    ends.push(() => line.endAsync(true));
    answers = [];
    line.on('message', (_, payload) => {
      const answer = ResultRecord.parse(JSON.parse(payload.toString()));
      if (answer.trigger?.correlation === GREETING) isListening = true;
      else answers.push(answer);
    });
    await line.subscribeAsync('line/1/answer', { qos: 1 });
  });

  const triggered = (more: object = {}) =>
    camera('cell', {
      trigger: {
        ...{ kind: 'mqtt', broker: { url: `mqtt://127.0.0.1:${broker.port}` } },
        ...{ topic: 'line/1/trigger', answerTopic: 'line/1/answer', ...more },
      },
    });
  const trigger = (message: string, retain = false) =>
    line.publishAsync('line/1/trigger', message, { qos: 1, retain });
  /** It listens as soon as it has answered something. */
  async function listening(): Promise<void> {
    isListening = false;
    await until('an answer', async () => {
      await trigger(GREETING);
      return isListening;
    });
  }
  const correlations = (): (string | undefined)[] => answers.map((answer) => answer.trigger?.correlation);

  it('answers with the message’s correlation, to the topic and to its sinks', async () => {
    await running(triggered());
    await listening();
    await trigger('{"correlation": 4711}');
    await trigger('{"order": 1}');
    await until('both answers', () => answers.length >= 2);
    expect(answers).toMatchObject([
      { stream: 'cell', trigger: { kind: 'mqtt', correlation: '4711' }, result: { model: 'spots' } },
      { stream: 'cell', trigger: { kind: 'mqtt' } },
    ]);
    const ids = recordsOf('cell').map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(answers.map(({ id }) => id)));
  });

  it('takes no frame for a message that was retained, and one for a message that comes twice', async () => {
    await trigger('old', true);
    await running(triggered({ delayMs: 300 }));
    await listening();
    expect(recordsOf('cell').map((record) => record.trigger?.correlation)).not.toContain('old');
    await Promise.all([trigger('part-1'), trigger('part-1')]);
    await trigger('part-2');
    await until('the last answer', () => correlations().includes('part-2'));
    expect(correlations().filter((one) => one === 'part-1')).toHaveLength(1);
  });

  it('stays its own master in a storm', async () => {
    await running(triggered());
    await listening();
    await Promise.all(Array.from({ length: 500 }, (_, i) => trigger(`part-${i}`)));
    await trigger('last');
    await until('the storm to be over', () =>
      recordsOf('cell').some((one) => one.trigger?.correlation === 'last'),
    );
    await until('an answer afterwards', async () => {
      await trigger('afterwards');
      return answers.some(({ trigger: asked, result }) => asked?.correlation === 'afterwards' && result);
    });
    const told = correlations().filter((one) => one?.startsWith('part-'));
    expect(new Set(told).size).toBe(told.length);
    expect(answers.some(({ error }) => error?.code === 'overloaded')).toBe(true);
    expect(recordsOf('cell').filter((one) => one.trigger?.correlation?.startsWith('part-'))).toHaveLength(
      500,
    );
  });

  it('says that it cannot be heard while the broker is away, and comes back by itself', async () => {
    await running(triggered());
    await listening();
    await broker.stop();
    await until('the condition', () => 'trigger-unheard' in conditions());
    expect(conditions()['trigger-unheard']).toContain(`the plant's broker mqtt://127.0.0.1:${broker.port}`);
    await broker.start();
    await until('its end', () => !('trigger-unheard' in conditions()));
    await until('the line', () => line.connected);
    await listening();
  });
});

describe('a stream that waits for a coil', () => {
  let plc: Plc;
  beforeEach(async () => {
    plc = await Plc.start();
    ends.push(() => plc.stop());
  });
  const triggered = (more: object = {}) => {
    const server = { kind: 'modbus', host: '127.0.0.1', port: plc.port, timeoutMs: 2000 };
    const registers = [
      { address: 100, value: 'answers' },
      { address: 101, value: 'confidence', scale: 1000 },
    ];
    return camera('cell', {
      trigger: { ...server, coil: 7, pollMs: 5, ...more },
      sinks: [
        { kind: 'jsonl', path: join(folder, 'cell.jsonl') },
        { ...server, registers },
      ],
    });
  };
  const reads = async (count: number): Promise<void> => {
    const enough = plc.reads + count;
    await until('reads', () => plc.reads >= enough);
  };

  it('takes one frame each time it rises', async () => {
    plc.coils.set(7, true);
    await running(triggered());
    await reads(4);
    for (const part of [1, 2]) {
      plc.coils.set(7, false);
      await reads(2);
      plc.coils.set(7, true);
      await manyIn('cell', part);
      await reads(4);
    }
    expect(recordsOf('cell')).toHaveLength(2);
    expect(recordsOf('cell')[0]).toMatchObject({ trigger: { kind: 'modbus' }, result: { model: 'spots' } });
  });

  it('writes the answer before it says that it is there', async () => {
    await running(triggered({ reset: true, done: 8 }));
    for (const part of [1, 2, 3]) {
      plc.coils.set(7, true);
      await until('the reset', () => plc.coils.get(7) === false);
      expect(plc.registers.get(100)).toBe(part);
      await until('the end of done', () => plc.coils.get(8) === false);
    }
    expect(plc.writes.map(([kind, address]) => `${kind} ${address}`)).toEqual(
      [1, 2, 3].flatMap(() => ['register 100', 'register 101', 'coil 8', 'coil 7', 'coil 8']),
    );
  });

  it('does not say that an answer is there which the PLC has refused, until it takes it', async () => {
    plc.lastAddress = 50;
    await running(triggered({ reset: true, done: 8 }));
    plc.coils.set(7, true);
    await until('the refusal', () => 'results-dropped' in conditions());
    await manyIn('cell', 1);
    await reads(6);
    expect(plc.writes).toEqual([]);
    plc.lastAddress = 999;
    await until('the reset', () => plc.coils.get(7) === false);
    expect(plc.writes.slice(0, 4).map(([kind, address]) => `${kind} ${address}`)).toEqual([
      ...['register 100', 'register 101', 'coil 8', 'coil 7'],
    ]);
    expect(plc.registers.get(100)).toBe(1);
    expect(recordsOf('cell')).toHaveLength(1);
  });

  it('answers once what the PLC holds, over lost connections and restarts', async () => {
    plc.coils.set(7, true);
    await running(triggered({ done: 8 }));
    await until('done', () => plc.coils.get(8) === true);
    await plc.stop();
    await until('the condition', () => 'trigger-unheard' in conditions());
    await plc.listen();
    await until('its end', () => !('trigger-unheard' in conditions()));
    await reads(6);
    expect(recordsOf('cell')).toHaveLength(1);
    await test.plane.stop();
    await stopModels();
    await running(triggered({ done: 8 }));
    await reads(6);
    expect(recordsOf('cell')).toHaveLength(1);
    plc.coils.set(7, false);
    await until('the end of done', () => plc.coils.get(8) === false);
    plc.coils.set(7, true);
    await manyIn('cell', 2);
  });

  it('hears the next part although the reply to the end of `done` was lost', async () => {
    let isLost = false;
    plc.answersTo = ([, address, value]) => {
      if (isLost || address !== 8 || value !== false) return true;
      isLost = true;
      // It sees its handshake ended, and goes on.
      plc.coils.set(7, true);
      return false;
    };
    plc.coils.set(7, true);
    await running(triggered({ done: 8, timeoutMs: 100 }));
    await until('done', () => plc.coils.get(8) === true);
    plc.coils.set(7, false);
    await manyIn('cell', 2);
    await until('done again', () => plc.coils.get(8) === true);
    expect(isLost).toBe(true);
  });

  it('tells an exception of the PLC once, and goes on when it is over', async () => {
    plc.lastAddress = 5;
    await running(triggered());
    await until('the condition', () => 'trigger-unheard' in conditions());
    expect(conditions()['trigger-unheard']).toMatch(/127\.0\.0\.1:\d+ answers with Modbus exception 2/);
    plc.lastAddress = 999;
    await until('its end', () => !('trigger-unheard' in conditions()));
    plc.coils.set(7, true);
    await manyIn('cell', 1);
  });
});
