import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceConfig, ResultRecord, streamsOf } from '@hamon/contracts';
import { image, startBundle, startModel, stopModels } from './support/example-models.js';
import { EDGE_POLICY, testPlane, type TestPlane } from './support/test-plane.js';
import { until } from './support/until.js';

const DETECTOR = new URL(
  '../../../examples/surface-inspection/bundles/surface-defects/2.0.0',
  import.meta.url,
).pathname;

let folder: string;
let test: TestPlane;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-streams-'));
  for (let i = 0; i < 8; i += 1) await writeFile(join(folder, `${i}.png`), image(i).bytes);
});
afterEach(async () => {
  await test.plane.stop();
  await stopModels();
  await rm(folder, { recursive: true });
});

const camera = (name: string, more: object = {}) => ({
  ...{ name, model: 'spots', source: { kind: 'directory', path: folder, framesPerSecond: 100 } },
  sinks: [file(name)],
  ...more,
});
const file = (name: string) => ({ kind: 'jsonl', path: join(folder, `${name}.jsonl`) });
const apply = (streams: readonly object[]): Promise<void> =>
  test.plane.applyStreams(streamsOf(DeviceConfig.parse({ streams })));

function recordsOf(name: string): ResultRecord[] {
  const path = join(folder, `${name}.jsonl`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => ResultRecord.parse(JSON.parse(line)));
}
const manyIn = (name: string, count: number): Promise<void> =>
  until(`${count} records of ${name}`, () => recordsOf(name).length >= count);

async function running(streams: readonly object[]): Promise<TestPlane> {
  test = testPlane({ streams });
  test.plane.router('spots').setActive(await startModel('2.0.0', { name: 'spots' }), EDGE_POLICY);
  test.plane.start();
  return test;
}

describe('streams that are changed while they run', () => {
  it('go on undisturbed where nothing of them changes, and the others come and go', async () => {
    const { plane } = await running([camera('stays'), camera('leaves'), camera('changes')]);
    await manyIn('stays', 10);
    await manyIn('leaves', 3);
    await manyIn('changes', 3);
    await apply([
      camera('stays'),
      camera('changes', { region: { x: 0, y: 0, width: 16, height: 8 } }),
      camera('comes', { defect: { labels: ['Crack'] } }),
    ]);
    const left = recordsOf('leaves').length;
    await manyIn('comes', 10);
    const before = recordsOf('stays').length;
    await manyIn('stays', before + 20);
    await plane.stop();

    expect(plane.streams.map(({ name }) => name)).toEqual(['stays', 'changes', 'comes']);
    expect(recordsOf('leaves')).toHaveLength(left);
    const stays = recordsOf('stays');
    // Each loop shows every image once: one that began anew in its middle would not.
    for (let i = 0; i + 8 <= stays.length; i += 8) {
      expect(new Set(stays.slice(i, i + 8).map(({ frame }) => frame)).size).toBe(8);
    }
    const ids = stays.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const changes = recordsOf('changes');
    const since = changes.findIndex(({ region }) => region !== undefined);
    expect(since).toBeGreaterThan(0);
    for (const { region, result } of changes.slice(since)) {
      expect(region).toEqual({ x: 0, y: 0, width: 16, height: 8 });
      expect(result?.frame).toEqual({ width: 16, height: 8 });
    }
    const comes = recordsOf('comes');
    const isCrack = ({ result }: ResultRecord): boolean =>
      result?.task === 'classification' && 'label' in result.output && result.output.label === 'Crack';
    for (const record of comes) expect(record.verdict).toBe(isCrack(record) ? 'defect' : 'ok');
    // Every frame that was accepted is in a window of its stream.
    const counted = (stream: string): number =>
      test.windows.filter((w) => w.stream === stream).reduce((sum, w) => sum + w.inferences, 0);
    expect(counted('stays')).toBe(stays.length);
    expect(counted('leaves')).toBe(left);
    expect(counted('changes')).toBe(changes.length);
  });

  it('open a sink anew whose settings change', async () => {
    await running([camera('a')]);
    await manyIn('a', 30);
    await apply([camera('a', { sinks: [{ ...file('a'), maxBytes: 4096 }] })]);
    // The file that had grown under the former limit makes way with the first record under the new one.
    await until('it is as the new settings have it', () => existsSync(join(folder, 'a.jsonl.1')));
    await manyIn('a', 1);
    expect(test.conditions.list()).toEqual([]);
  });

  it('leave no trouble of a sink behind that is not asked for any more', async () => {
    const { conditions } = await running([
      camera('a', { sinks: [{ kind: 'jsonl', path: join(folder, 'none', 'a.jsonl') }] }),
      camera('b'),
    ]);
    const codes = (): string[] => conditions.list().map(({ code }) => code);
    await until('its records are dropped', () => codes().includes('results-dropped'));
    await apply([camera('a'), camera('b')]);
    await manyIn('a', 1);
    expect(codes()).toEqual([]);
  });

  it('leave no name behind at a source that they shared', async () => {
    const drops = join(folder, 'drops');
    await mkdir(drops);
    const source = { kind: 'drop-folder', path: drops, settleMs: 0, pollMs: 50 };
    const [a, b] = [camera('a', { source }), camera('b', { source })];
    await running([a, b]);
    await writeFile(join(drops, '1.png'), 'no image');
    await until('the first is told', () => test.events.length > 0);
    await apply([b]);
    test.events.length = test.eventStreams.length = 0;
    await writeFile(join(drops, '2.png'), 'no image');
    await until('the second is told', () => test.events.some((event) => event.includes('2.png')));
    expect(new Set(test.eventStreams)).toEqual(new Set(['b']));
  });

  it('end with the newest of several changes at once', async () => {
    await running([camera('a')]);
    await Promise.all([apply([camera('b')]), apply([camera('c')]), apply([camera('a'), camera('d')])]);
    await manyIn('d', 3);
    expect(test.plane.streams.map(({ name }) => name)).toEqual(['a', 'd']);
  });
});

describe('a stream of another one’s answers', () => {
  it('sees what the other has found, and says where it was', async () => {
    test = testPlane({
      streams: [
        camera('belt', {
          model: 'finder',
          source: { kind: 'directory', path: folder, framesPerSecond: 20 },
        }),
        { name: 'parts', model: 'spots', from: { stream: 'belt', margin: 0.1 }, sinks: [file('parts')] },
      ],
    });
    const { plane } = test;
    plane.router('finder').setActive(await startBundle(DETECTOR, { name: 'finder' }), EDGE_POLICY);
    plane.router('spots').setActive(await startModel('2.0.0', { name: 'spots' }), EDGE_POLICY);
    plane.start();
    await manyIn('parts', 10);
    await plane.stop();
    const belt = new Map(recordsOf('belt').map((record) => [record.id, record]));
    for (const part of recordsOf('parts')) {
      const parent = belt.get(part.parent?.id ?? '');
      expect(part.trace).toBe(parent?.id);
      expect(part.parent).toMatchObject({ stream: 'belt' });
      expect(part.frame).toBe(parent?.frame);
      expect(part.region).toEqual(part.parent?.box);
      expect(part.result?.frame).toEqual({ width: part.region?.width, height: part.region?.height });
    }
  });
});

describe('a frame that is asked for', () => {
  it('is answered once to each who asks, with what they called it', async () => {
    const { plane } = await running([
      camera('gate', { trigger: { kind: 'http' } }),
      { name: 'silent', model: 'other', source: { kind: 'http' } },
    ]);
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => plane.ask('gate', { kind: 'http', correlation: `part ${n}` })),
    );
    for (const [i, answer] of answers.entries()) {
      expect(answer?.outcome.ok).toBe(true);
      expect(answer?.record.trigger).toEqual({ kind: 'http', correlation: `part ${i + 1}` });
    }
    await plane.stop();
    // Nothing comes by itself to a stream that waits for its trigger.
    const records = recordsOf('gate');
    expect(records.map(({ id }) => id)).toEqual(answers.map((answer) => answer?.record.id));
  });

  it('has an answer where none comes, or too many are asked for', async () => {
    const { plane } = await running([
      camera('gate', { trigger: { kind: 'http', delayMs: 50 } }),
      { name: 'silent', model: 'other', source: { kind: 'http' } },
    ]);
    expect(await plane.ask('nobody', { kind: 'http' })).toBeUndefined();
    const asked = Array.from({ length: 12 }, () => plane.ask('gate', { kind: 'http' }));
    const outcomes = (await Promise.all(asked)).map((answer) => answer?.outcome);
    expect(outcomes.filter((outcome) => outcome?.ok)).toHaveLength(8);
    expect(outcomes.at(-1)).toMatchObject({ ok: false, error: { code: 'overloaded' } });
    const silent = await plane.ask('silent', { kind: 'http' });
    expect(silent?.outcome).toMatchObject({ ok: false, error: { code: 'no-frame' } });
  });

  it('is answered before the streams stop', async () => {
    const { plane } = await running([camera('gate', { trigger: { kind: 'http', delayMs: 60_000 } })]);
    const asking = plane.ask('gate', { kind: 'http' });
    await plane.stop();
    expect((await asking)?.outcome).toMatchObject({ ok: false, error: { code: 'stopping' } });
  });
});
