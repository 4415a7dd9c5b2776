import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultRecord, TelemetryWindow } from '@hamon/contracts';
import { image, startModel, stopModels } from './support/example-models.js';
import { EDGE_POLICY, testPlane, type TestPlane } from './support/test-plane.js';
import { until } from './support/until.js';

let folder: string;
let test: TestPlane;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-plane-'));
  for (let i = 0; i < 8; i += 1) await writeFile(join(folder, `${i}.png`), image(i).bytes);
});
afterEach(async () => {
  await test.plane.stop();
  await stopModels();
  await rm(folder, { recursive: true });
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const camera = (name: string, more: object = {}) => ({
  ...{ name, source: { kind: 'directory', path: folder, framesPerSecond: 200 }, ...more },
});
const file = (name: string) => ({ kind: 'jsonl', path: join(folder, `${name}.jsonl`) });
const recordsOf = async (name: string): Promise<ResultRecord[]> =>
  (await readFile(join(folder, `${name}.jsonl`), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ResultRecord);
const ofLane = (model: string, stream: string): TelemetryWindow[] =>
  test.windows.filter((window) => window.answering.model === model && window.stream === stream);

describe('several models on several streams', () => {
  it('answers each stream by its model, with windows, counters and sinks of its own', async () => {
    test = testPlane({
      streams: [
        camera('top', { sinks: [file('top')] }),
        camera('side', { model: 'dents', sinks: [file('side')] }),
        camera('back', { model: 'dents', sinks: [file('side')] }),
        camera('idle', { model: 'not-here' }),
      ],
    });
    const { plane, counters } = test;
    test.earliest = 'spots';
    plane.router('spots').setActive(await startModel('1.0.0', { name: 'spots' }), EDGE_POLICY);
    plane.router('dents').setActive(await startModel('2.0.0', { name: 'dents' }), EDGE_POLICY);
    expect(plane.models).toEqual(['spots', 'dents']);
    expect(plane.streams).toEqual([
      { name: 'top', model: 'spots' },
      { name: 'side', model: 'dents' },
      { name: 'back', model: 'dents' },
      { name: 'idle', model: 'not-here' },
    ]);
    plane.start();
    const answered = (model: string): number => plane.router(model).counters().answered;
    await until('frames of both', () => answered('spots') >= 20 && answered('dents') >= 20);
    await plane.stop();

    const [top, side] = [await recordsOf('top'), await recordsOf('side')];
    expect(new Set(top.map(({ stream, result }) => `${stream} ${result?.model}`))).toEqual(
      new Set(['top spots']),
    );
    expect(new Set(side.map(({ stream, result }) => `${stream} ${result?.model}`))).toEqual(
      new Set(['side dents', 'back dents']),
    );
    const inferences = (model: string, stream: string): number =>
      sum(ofLane(model, stream).map((window) => window.inferences));
    expect(inferences('spots', 'top')).toBe(top.length);
    for (const stream of ['side', 'back']) {
      const own = side.filter((record) => record.stream === stream);
      expect(own.length).toBeGreaterThan(0);
      expect(inferences('dents', stream)).toBe(own.length);
    }
    expect(sum(test.windows.map((window) => window.inferences))).toBe(top.length + side.length);
    expect(counters.read()).toMatchObject({ answered: top.length + side.length, failed: 0, rejected: 0 });
    expect(answered('dents')).toBe(side.length);
  });

  it('goes on with one stream while the other fails, and says which one does', async () => {
    test = testPlane({
      streams: [
        camera('good', { model: 'spots' }),
        { name: 'bad', model: 'spots', source: { kind: 'directory', path: join(folder, 'nowhere') } },
      ],
    });
    const { plane } = test;
    plane.router('spots').setActive(await startModel('1.0.0', { name: 'spots' }), EDGE_POLICY);
    plane.start();
    await until('the trouble', () => test.conditions.list().length > 0);
    const before = plane.router('spots').counters().answered;
    await until('more frames', () => plane.router('spots').counters().answered > before + 10);
    expect(test.conditions.list()).toMatchObject([
      { code: 'source-unreadable', detail: expect.stringMatching(/^bad: .*nowhere/) },
    ]);
  });

  it('answers one model while the child of another hangs', async () => {
    test = testPlane({ streams: [camera('top', { model: 'spots' }), camera('side', { model: 'dents' })] });
    const { plane } = test;
    const stuck = await startModel('1.0.0', { name: 'spots' });
    plane.router('spots').setActive(stuck, EDGE_POLICY);
    plane.router('dents').setActive(await startModel('2.0.0', { name: 'dents' }), EDGE_POLICY);
    process.kill(stuck.host.pid!, 'SIGSTOP');
    plane.start();
    await until('a frame that waits', () => stuck.host.pendingRuns === 1);
    const { answered } = plane.router('dents').counters();
    await until('frames of the other', () => plane.router('dents').counters().answered > answered + 20);
    expect(plane.router('spots').counters()).toMatchObject({ accepted: 1, answered: 0 });
    process.kill(stuck.host.pid!, 'SIGCONT');
  });

  it('drops a model after its last frame, and the next one answers the streams that name none', async () => {
    test = testPlane();
    const { plane } = test;
    expect(await plane.infer(image(0), null)).toMatchObject({ ok: false, error: { code: 'no-model' } });
    const spots = await startModel('1.0.0', { name: 'spots' });
    plane.router('spots').setActive(spots, EDGE_POLICY);
    plane.router('dents').setActive(await startModel('2.0.0', { name: 'dents' }), EDGE_POLICY);
    test.earliest = 'spots';
    process.kill(spots.host.pid!, 'SIGSTOP');
    const last = plane.infer(image(1), 'spots');
    await until('the last frame in the child', () => spots.host.pendingRuns === 1);
    const gone = plane.drop('spots');
    test.earliest = 'dents';
    expect(plane.models).toEqual(['dents']);
    expect(await plane.infer(image(2), 'spots')).toMatchObject({ ok: false, error: { code: 'no-model' } });
    process.kill(spots.host.pid!, 'SIGCONT');
    expect(await last).toMatchObject({ ok: true, value: { model: 'spots' } });
    await gone;
    expect(await plane.infer(image(3), 'dents')).toMatchObject({ ok: true, value: { model: 'dents' } });
    expect(plane.streams).toEqual([{ name: 'main', model: 'dents' }]);
    expect(test.counters.read()).toMatchObject({ accepted: 2, answered: 2, rejected: 2 });
    expect(ofLane('spots', 'main')).toMatchObject([{ inferences: 1 }]);
  });
});
