import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { nodeDisk } from '@hamon/content';
import { SampleMeta, type InferenceResult, type Region, type StreamConfig } from '@hamon/contracts';
import { decodePixels, encodeJpeg } from '@hamon/inference';
import { temporaryFolder } from '@hamon/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnsweredFrame } from '../../src/data/answered-frame.js';
import type { DataEvent } from '../../src/data/data-events.js';
import type { Frame, PixelFrame } from '../../src/data/frame.js';
import { cutOut } from '../../src/data/streams/derived-frames.js';
import { DailyCounts } from '../../src/samples/daily-counts.js';
import { SampleFiles } from '../../src/samples/sample-files.js';
import { SampleStore } from '../../src/samples/sample-store.js';
import { Samples, type SamplesOptions } from '../../src/samples/samples.js';
import { CLOUD_RESULT } from '../data/support/cloud-server.js';
import { image } from '../data/support/example-models.js';
import { testPlane } from '../data/support/test-plane.js';
import { until } from '../support/until.js';
import { FullDisk } from '../support/full-disk.js';
import { QUOTA } from './support.js';

const NOW = new Date('2026-11-29T12:00:00Z');
let config: StreamConfig;
let events: DataEvent[];
let store: SampleStore;
let samples: Samples;
let full: FullDisk;
let free: number;
beforeEach(async () => {
  full = new FullDisk();
  free = 1e12;
  events = [];
  config = { name: 'line', source: { kind: 'http' }, sinks: [], samples: { defects: { perDay: 5 } } };
  store = await SampleStore.open({
    files: new SampleFiles(join(await temporaryFolder(), 'samples'), { ...nodeDisk, ...full.disk }),
    quota: () => QUOTA,
    freeBytes: () => Promise.resolve(free),
    now: () => NOW,
  });
  samples = samplesOf({
    streamOf: (stream) => (stream === 'line' ? config : undefined),
    blurOf: () => config.blur ?? [],
  });
});

const samplesOf = (streams: Pick<SamplesOptions, 'streamOf' | 'blurOf'>): Samples =>
  new Samples({
    ...{ device: 'gate-1', store, counts: new DailyCounts(), now: () => NOW, ...streams },
    onEvent: (event) => void events.push(event),
  });

const result = (label: string, confidence = 0.9): InferenceResult => ({
  ...CLOUD_RESULT,
  output: { label, confidence, probabilities: [confidence, 1 - confidence] },
});

function answered(frame: Frame, more: Partial<AnsweredFrame['record']> = {}): AnsweredFrame {
  const id = randomUUID();
  const record: AnsweredFrame['record'] = {
    ...{ schema: 'hamon.record/2', at: NOW.toISOString(), stream: 'line', id, trace: id },
    result: result('good'),
    ...more,
  };
  return { frame, record };
}

const camera = (width = 160, height = 120): PixelFrame => {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 256);
  return { kind: 'pixels', pixels: { data, width, height, channels: 3 } };
};

const kept = async () => {
  const { entries } = store.page({ limit: 100 });
  return Promise.all(
    entries.map(async (entry) => ({
      meta: (await store.read(entry))!.meta,
      picture: (await store.picture(entry))!,
    })),
  );
};

describe('pictures that matter', () => {
  it('are kept with what was answered, the file of a folder as it is', async () => {
    const { bytes } = image(0);
    samples.answered(answered(image(0)));
    samples.answered(answered(image(0), { frame: 'a.png', verdict: 'defect' }));
    await samples.close();
    const [one, ...others] = await kept();
    expect(others).toEqual([]);
    expect(one!.meta).toMatchObject({
      ...{ device: 'gate-1', stream: 'line', reasons: ['defect'], frame: 'a.png', verdict: 'defect' },
      ...{ mediaType: 'image/png', blurred: 0, confidence: 0.9, result: result('good') },
      answeredBy: { model: 'surface-inspection', version: '2.0.0', variant: 'fp32', task: 'classification' },
    });
    expect(Buffer.from(one!.picture)).toEqual(Buffer.from(bytes));
  });

  it('are no more a day than the policy says, and none of a stream without one', async () => {
    for (let i = 0; i < 9; i += 1) samples.answered(answered(camera(20 + i), { verdict: 'defect' }));
    samples.answered(answered(camera(), { stream: 'other', verdict: 'defect' }));
    await samples.close();
    expect((await kept()).map(({ meta }) => meta.stream)).toEqual(new Array(5).fill('line'));
  });

  it('are the part that the model saw', async () => {
    const region = { x: 20, y: 10, width: 64, height: 48 };
    samples.answered(answered({ ...camera(), region }, { verdict: 'defect', region }));
    await samples.close();
    const [one] = await kept();
    expect(one!.meta).toMatchObject({ region, size: { width: 64, height: 48 } });
    expect(await decodePixels(one!.picture)).toMatchObject({ width: 64, height: 48 });
  });

  it('are those that edge and cloud, or shadow and current, disagree about, whoever answers first', async () => {
    config = { ...config, samples: { disagreement: { perDay: 5 } } };
    const [early, late, same, unknown] = [camera(30), camera(31), camera(32), camera(33)];
    const opinion = (frame: Frame, label: string, kind: 'edge-cloud' | 'shadow-current') =>
      samples.secondOpinion({ frame, stream: 'line', kind, result: result(label) });
    opinion(early, 'scratch', 'edge-cloud');
    samples.answered(answered(early));
    samples.answered(answered(late));
    opinion(late, 'scratch', 'shadow-current');
    samples.answered(answered(same));
    opinion(same, 'good', 'shadow-current');
    opinion(unknown, 'scratch', 'shadow-current');
    await samples.close();
    const found = await kept();
    expect(new Set(found.map(({ meta }) => meta.reasons.join()))).toEqual(
      new Set(['edge-cloud', 'shadow-current']),
    );
    for (const { meta } of found) expect(meta.other).toEqual(result('scratch'));
  });

  it('learn of a disagreement after they were kept for something else', async () => {
    config = { ...config, samples: { defects: { perDay: 5 }, disagreement: { perDay: 5 } } };
    const frame = camera();
    const one = answered(frame, { verdict: 'defect' });
    samples.answered(one);
    await until('it is kept', () => store.has(one.record.id));
    samples.secondOpinion({ frame, stream: 'line', kind: 'shadow-current', result: result('scratch') });
    await samples.close();
    const [found, ...others] = await kept();
    expect([found!.meta.reasons, others]).toEqual([['defect', 'shadow-current'], []]);
    expect(found!.meta.other).toEqual(result('scratch'));
  });

  it('are those that the edge was unsure of, also where the cloud is sure', async () => {
    config = { ...config, samples: { lowConfidence: { below: 0.5, perDay: 5 } } };
    const frame = camera();
    samples.secondOpinion({ frame, stream: 'line', kind: 'edge-cloud', result: result('good', 0.3) });
    samples.answered(answered(frame));
    samples.answered(answered(camera()));
    await samples.close();
    expect((await kept()).map(({ meta }) => [meta.reasons, meta.confidence])).toEqual([
      [['low-confidence'], 0.3],
    ]);
  });

  it('are those of a stream in drift alarm', async () => {
    config = { ...config, samples: { drift: { perDay: 5 } } };
    samples.answered(answered(camera()));
    samples.setDrift('line', true);
    samples.answered(answered(camera(50)));
    samples.setDrift('line', false);
    samples.answered(answered(camera(51)));
    await samples.close();
    expect((await kept()).map(({ meta }) => meta.size.width)).toEqual([50]);
  });

  it('are a share by chance', async () => {
    config = { ...config, samples: { random: { share: 0.1, perDay: 1000 } } };
    const frame = camera(16, 16);
    for (let i = 0; i < 300; i += 1) samples.answered(answered({ ...frame }));
    await until('they are written', () => samples.store.count > 0);
    await samples.close();
    const count = (await kept()).length + samples.lost.busy;
    // Five standard deviations of a fair share.
    expect(Math.abs(count - 30)).toBeLessThan(5 * Math.sqrt(300 * 0.09));
  });

  it('cost pictures, which are counted and told once, where the disk is full', async () => {
    full.isFullFor = () => true;
    for (let i = 0; i < 3; i += 1) samples.answered(answered(camera(20 + i), { verdict: 'defect' }));
    await samples.close();
    expect([store.count, samples.lost.failed, events.length]).toEqual([0, 3, 1]);
    expect(events[0]!.detail).toContain('ENOSPC');
  });

  it.each([
    ['is full', (is: boolean) => void (full.isFullFor = () => is)],
    ['has no room left', (is: boolean) => void (free = is ? 0 : 1e12)],
  ])('leave the day’s number to others where the disk %s', async (_, fill) => {
    fill(true);
    for (let i = 0; i < 5; i += 1) samples.answered(answered(camera(20 + i), { verdict: 'defect' }));
    const isLost = (): boolean => samples.lost.failed + samples.lost.noRoom === 5;
    await until('they are lost', isLost);
    fill(false);
    for (let i = 0; i < 9; i += 1) samples.answered(answered(camera(40 + i), { verdict: 'defect' }));
    await samples.close();
    expect(store.count).toBe(5);
  });

  it('leave the day’s number to others where a reason came for one that was sent', async () => {
    config = { ...config, samples: { defects: { perDay: 5 }, disagreement: { perDay: 1 } } };
    const [sent, other] = [camera(20), camera(21)];
    const one = answered(sent, { verdict: 'defect' });
    samples.answered(one);
    await until('it is kept', () => store.has(one.record.id));
    await store.markUploaded(one.record.id);
    const opinion = { stream: 'line', kind: 'shadow-current', result: result('scratch') } as const;
    samples.secondOpinion({ frame: sent, ...opinion });
    // Changes are made one after the other: with this one its own is over.
    await store.tidy();
    await kept();
    samples.answered(answered(other));
    samples.secondOpinion({ frame: other, ...opinion });
    await samples.close();
    expect((await kept()).map(({ meta }) => meta.reasons.join()).sort()).toEqual([
      'defect',
      'shadow-current',
    ]);
  });

  it('cost pictures, not memory, where they come faster than they are written', async () => {
    config = { ...config, samples: { defects: { perDay: 1000 } } };
    for (let i = 0; i < 200; i += 1) samples.answered(answered(camera(), { verdict: 'defect' }));
    expect(samples.lost.busy).toBeGreaterThanOrEqual(130);
    await samples.close();
    expect(store.count + samples.lost.busy).toBe(200);
  });
});

describe('faces', () => {
  const details = (data: Uint8Array, width: number, channels: number, x0: number, x1: number): number => {
    let sum = 0;
    for (let y = 0; y < data.length / width / channels; y += 1) {
      for (let x = x0 + 1; x < x1; x += 1) {
        sum += Math.abs(data[(y * width + x) * channels]! - data[(y * width + x - 1) * channels]!);
      }
    }
    return sum / (x1 - x0 - 1) / (data.length / width / channels);
  };

  it.each(['pixels of a camera', 'a file with a preview of itself'])(
    'are made unrecognisable before anything is kept: %s',
    async (what) => {
      const pixels = camera(160, 120);
      const jpeg = await encodeJpeg(pixels.pixels, 95);
      // An EXIF block between the start of the file and its first segment, as cameras write their previews.
      const exif = Buffer.concat([Buffer.from('Exif\0\0'), Buffer.from('preview '.repeat(50))]);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(exif.length + 2);
      const withPreview = Buffer.concat([
        ...[jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, exif, jpeg.subarray(2)],
      ]);
      const frame: Frame =
        what === 'pixels of a camera'
          ? pixels
          : { kind: 'image', bytes: withPreview, mediaType: 'image/jpeg' };
      config = { ...config, blur: [{ x: 80, y: 0, width: 80, height: 120 }] };
      samples.answered(answered(frame, { verdict: 'defect' }));
      await samples.close();
      const [one] = await kept();
      expect(one!.meta.blurred).toBe(1);
      expect(Buffer.from(one!.picture).includes('preview')).toBe(false);
      const { data, width, channels } = await decodePixels(one!.picture);
      expect(details(data, width, channels, 0, 79)).toBeGreaterThan(20);
      expect(details(data, width, channels, 82, 160)).toBeLessThan(4);
    },
  );

  it('lie in the source’s frame, of which the model may see a part', async () => {
    config = { ...config, blur: [{ x: 40, y: 0, width: 40, height: 200 }] };
    const region = { x: 40, y: 0, width: 80, height: 60 };
    samples.answered(answered({ ...camera(), region }, { verdict: 'defect' }));
    await samples.close();
    const { data, width, channels } = await decodePixels((await kept())[0]!.picture);
    expect(details(data, width, channels, 0, 38)).toBeLessThan(4);
    expect(details(data, width, channels, 42, 80)).toBeGreaterThan(20);
  });

  /** Keeps, by the configuration of whole streams, what the second has of something that the first has found. */
  const keptPart = async (streams: readonly object[], seen: PixelFrame, box: Region) => {
    const { plane } = testPlane({ streams });
    samples = samplesOf({
      streamOf: (stream) => plane.streamConfig(stream),
      blurOf: (stream) => plane.blurOf(stream),
    });
    const output = { detections: [{ label: 'part', confidence: 0.9, box }] };
    const { width, height } = seen.region ?? seen.pixels;
    const found: InferenceResult = { ...CLOUD_RESULT, task: 'detection', output, frame: { width, height } };
    const [part] = cutOut(
      answered(seen, { stream: 'belt', result: found }),
      { margin: 0, maxPerFrame: 1 },
      'parts',
    );
    samples.answered(answered(part!, { stream: 'parts', verdict: 'defect' }));
    await samples.close();
    await plane.stop();
    return (await kept())[0]!;
  };
  const parts = { name: 'parts', from: { stream: 'belt' }, samples: { defects: { perDay: 5 } } };

  it('stay unrecognisable in what another stream is cut out of', async () => {
    const region = { x: 40, y: 0, width: 120, height: 120 };
    const belt = { name: 'belt', region, blur: [{ x: 80, y: 0, width: 80, height: 120 }] };
    const seen = { ...camera(160, 120), region };
    const { meta, picture } = await keptPart([belt, parts], seen, { x: 20, y: 20, width: 80, height: 60 });
    expect(meta).toMatchObject({ blurred: 1, size: { width: 80, height: 60 } });
    const { data, width, channels } = await decodePixels(picture);
    expect(details(data, width, channels, 0, 18)).toBeGreaterThan(20);
    expect(details(data, width, channels, 22, 80)).toBeLessThan(4);
  });

  it('are counted no further than can be said, however many parents name them', async () => {
    const blur = Array.from({ length: 16 }, (_, i) => ({ x: i, y: 0, width: 1, height: 8 }));
    const further = ['p1', 'p2', 'p3', 'belt'].map((name, i, all) => ({
      ...{ name, blur, from: { stream: i === 0 ? 'first' : all[i - 1] } },
    }));
    const streams = [{ name: 'first', blur }, ...further, parts];
    const { meta } = await keptPart(streams, camera(16, 8), { x: 0, y: 0, width: 16, height: 8 });
    expect(SampleMeta.parse(meta).blurred).toBe(64);
  });
});
