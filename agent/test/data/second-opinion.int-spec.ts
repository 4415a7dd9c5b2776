import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY } from '@hamon/contracts';
import { CloudClient } from '../../src/data/fallback/cloud-client.js';
import { CloudFallback } from '../../src/data/fallback/cloud-fallback.js';
import { FrameRouter } from '../../src/data/frame-router.js';
import type { FrameOutcome } from '../../src/data/frame.js';
import type { SecondOpinion } from '../../src/data/second-opinion.js';
import { CLOUD_RESULT, CloudServer } from './support/cloud-server.js';
import { image, startModel, stopModels } from './support/example-models.js';
import { until } from './support/until.js';

const { fallback } = DEFAULT_DEVICE_POLICY;
const EDGE_ONLY = { ...DEFAULT_DEVICE_POLICY, fallback: { ...fallback, enabled: false } };

describe('a second opinion about a frame', () => {
  afterEach(() => stopModels());

  const routerWith = (cloud?: CloudFallback) => {
    const opinions: SecondOpinion[] = [];
    const puts: FrameOutcome[] = [];
    const router = new FrameRouter({
      telemetry: { device: 'camera', onWindow: () => undefined },
      outletOf: () => ({ put: (_, outcome) => void puts.push(outcome) }),
      onSecondOpinion: (opinion) => void opinions.push(opinion),
      ...(cloud && { fallback: cloud }),
    });
    return { router, opinions, puts };
  };

  it('is the edge’s, where the cloud was asked and its answer taken', async () => {
    const server = new CloudServer();
    const client = new CloudClient({ serverUrl: await server.listen(), token: () => Promise.resolve('t') });
    const { router, opinions } = routerWith(new CloudFallback({ client, onEvent: () => undefined }));
    const sure = { ...fallback, enabled: true, minConfidence: 1, edgeDeadlineMs: 60_000 };
    router.setActive(await startModel('2.0.0'), {
      ...DEFAULT_DEVICE_POLICY,
      fallback: { ...sure, cloudDeadlineMs: 60_000 },
    });
    const frame = image(0);
    const outcome = await router.infer(frame, 'line');
    expect(outcome).toMatchObject({ ok: true, value: { source: 'cloud', output: CLOUD_RESULT.output } });
    await until('the edge has said its own', () => opinions.length === 1);
    const [opinion] = opinions;
    expect(opinion!.frame).toBe(frame);
    expect(opinion).toMatchObject({ stream: 'line', kind: 'edge-cloud' });
    expect(opinion!.result).toMatchObject({ source: 'edge', version: '2.0.0', task: 'classification' });
    await router.close();
    await server.close();
  });

  it('is the shadow’s, of each frame that both have answered, and names its version', async () => {
    const { router, opinions, puts } = routerWith();
    router.setActive(await startModel('1.0.0'), EDGE_ONLY);
    router.setShadow(await startModel('2.0.0'), 'candidate');
    const frames = [image(0), image(1), image(2)];
    for (const frame of frames) await router.infer(frame, 'line');
    await router.drain();
    expect(opinions.map(({ frame }) => frame)).toEqual(frames);
    for (const { kind, result } of opinions) {
      expect([kind, result.version, result.source]).toEqual(['shadow-current', '2.0.0', 'edge']);
    }
    expect(puts).toHaveLength(3);
    await router.close();
  });
});
