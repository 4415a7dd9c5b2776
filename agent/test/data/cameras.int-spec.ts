import { join } from 'node:path';
import {
  encodeVideo,
  needing,
  RtspServer,
  temporaryFolder,
  whyNoFfmpeg,
  whyNoRtspServer,
} from '@hamon/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnsweredFrame } from '../../src/data/answered-frame.js';
import { until } from '../support/until.js';
import { childrenOf } from './sources/support/processes.js';
import { startModel, stopModels } from './support/example-models.js';
import { EDGE_POLICY, testPlane, type TestPlane } from './support/test-plane.js';

const SIZE = { width: 320, height: 180 };

needing(
  describe,
  whyNoFfmpeg,
  whyNoRtspServer,
)('streams of cameras', () => {
  let server: RtspServer;
  let test: TestPlane;
  let answers: AnsweredFrame[];

  const of = (stream: string): AnsweredFrame[] => answers.filter(({ record }) => record.stream === stream);
  const start = async (streams: object[]): Promise<void> => {
    test = testPlane({ streams });
    const model = await startModel('2.0.0');
    test.earliest = model.version.model;
    test.plane.router(model.version.model).setActive(model, EDGE_POLICY);
    test.plane.listen((answered) => void answers.push(answered));
    test.plane.start();
  };

  beforeEach(async () => {
    answers = [];
    const file = join(await temporaryFolder(), 'camera.h264');
    await encodeVideo(file, { ...SIZE, frames: 100, framesPerSecond: 25 });
    server = await RtspServer.start({ streams: { '/live': { file, framesPerSecond: 25 } } });
  });
  afterEach(async () => {
    await test.plane.stop();
    await stopModels();
    await server.kill();
  });

  it('that name the same one open it once, and see different parts of it', async () => {
    const source = { kind: 'ffmpeg', url: server.url('/live') };
    const region = { x: 10, y: 20, width: 100, height: 60 };
    await start([
      { name: 'whole', source },
      { name: 'part', source, region },
    ]);
    await until('answers to both', () => of('whole').length >= 10 && of('part').length >= 10);
    expect(childrenOf(process.pid).filter(({ command }) => command.includes('ffmpeg'))).toHaveLength(1);
    const [whole] = of('whole');
    const [part] = of('part');
    expect(whole!.record.result!.frame).toEqual(SIZE);
    expect(part!.record).toMatchObject({ region, result: { frame: { width: 100, height: 60 } } });
    expect(Date.parse(part!.record.takenAt!)).toBeLessThanOrEqual(Date.parse(part!.record.at));
    expect(test.plane.streamStatus[0]!.source).toMatchObject({ state: 'running', ...SIZE });
    const metrics = await test.plane.metrics.metrics();
    expect(metrics).toMatch(/hamon_source_frames_total\{stream="part"\} \d\d+/);
    expect(metrics).toContain('hamon_source_up{stream="whole"} 1');
  });

  it('of which one is not there stop no other, and say which it is', async () => {
    await start([
      { name: 'here', source: { kind: 'ffmpeg', url: server.url('/live') } },
      { name: 'away', source: { kind: 'ffmpeg', url: 'rtsp://127.0.0.1:9/live' } },
    ]);
    await until('answers', () => of('here').length >= 10);
    await until('the trouble', () => test.conditions.list().length > 0);
    expect(test.conditions.list()).toMatchObject([
      { code: 'source-unreadable', detail: expect.stringMatching(/^away: .*refuses the connection/) },
    ]);
    const status = test.plane.streamStatus.map(({ name, source }) => [name, source!.state]);
    expect(status).toEqual([
      ['here', 'running'],
      ['away', 'failing'],
    ]);
  });
});
