import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { BundleDocument, FrameSize } from '@hamon/contracts';
import { taskNamed, type FrameTruth, type LabelMask, type NamedTensor, type Tensors } from '@hamon/tasks';
import { decodeImage, portsOf, readBundle } from '../src/index.js';
import { hasReference, REFERENCE, startHost } from './support.js';

const describeWithReference = hasReference ? describe : describe.skip;
const json = async (...path: string[]): Promise<unknown> =>
  JSON.parse(await readFile(join(REFERENCE, ...path), 'utf8')) as unknown;

interface Model {
  readonly bundle: BundleDocument;
  run(file: string): Promise<{ tensors: Tensors; frame: FrameSize }>;
}

async function modelOf(folder: string): Promise<Model> {
  const dir = join(REFERENCE, 'models', folder);
  const bundle = await readBundle(dir);
  if (!bundle.ok) throw new Error(bundle.error.detail);
  const { task, input, output, variants } = bundle.value;
  const host = await startHost(join(dir, variants[0]?.file ?? ''), portsOf(bundle.value));
  expect(taskNamed(task).checkOutputs(output, input, host.model.outputs)).toBeUndefined();
  return {
    bundle: bundle.value,
    run: async (file) => {
      const { pixels, frame } = await decodeImage(await readFile(join(REFERENCE, file)), input);
      return { tensors: (await host.run(pixels)).tensors, frame };
    },
  };
}

/** What the figures of a golden sample are, of whichever task. */
interface Golden {
  readonly file: string;
  readonly expect: {
    readonly grid?: number[][] | number[][][];
    readonly max?: number | number[];
    readonly score?: number;
    readonly value?: number;
    readonly shares?: Record<string, number>;
  };
}

/** The values of a tensor `[1, channels, H, W]` by channel. */
function channelsOf({ dims, data }: NamedTensor): { width: number; height: number; values: number[] }[] {
  const [, channels = 1, height = 1, width = 1] = dims;
  const size = width * height;
  return Array.from({ length: channels }, (_, channel) => ({
    width,
    height,
    values: Array.from(data.slice(channel * size, (channel + 1) * size)),
  }));
}

/** Means of 14 x 14 equal cells. */
function gridOf({ width, height, values }: { width: number; height: number; values: number[] }): number[][] {
  const [cellWidth, cellHeight] = [width / 14, height / 14];
  const grid = Array.from({ length: 14 }, () => new Array<number>(14).fill(0));
  values.forEach((value, i) => {
    const row = grid[Math.floor(Math.floor(i / width) / cellHeight)] as number[];
    const column = Math.floor((i % width) / cellWidth);
    row[column] = (row[column] as number) + value / (cellWidth * cellHeight);
  });
  return grid;
}

const VERSIONS = ['1.0.0', '2.0.0'];
const bothOf = (model: string): string[] => VERSIONS.map((version) => `${model}-${version}`);

describeWithReference(`maps of other tools (need ${join('..', 'shared', 'data')})`, () => {
  it.each([...bothOf('tile-segmenter'), ...bothOf('tile-anomaly')])(
    '%s gives the same here to three digits',
    async (folder) => {
      const model = await modelOf(folder);
      const { golden } = (await json('models', folder, 'facts.json')) as { golden: Golden[] };
      expect(golden.length).toBeGreaterThan(5);
      for (const { file, expect: expected } of golden) {
        const { tensors } = await model.run(join('models', folder, file));
        const map = [...tensors.values()].find(({ dims }) => dims.length === 4);
        if (!map) throw new Error('no map');
        const channels = channelsOf(map);
        const grids = channels.map(gridOf);
        const expectedGrids = channels.length === 1 ? [expected.grid] : expected.grid;
        expect(grids.flat(2).length).toBe(expectedGrids?.flat(2).length);
        grids.flat(2).forEach((mean, i) => {
          expect(Math.abs(mean - ((expectedGrids?.flat(2) as number[])[i] ?? NaN))).toBeLessThan(2e-3);
        });
        const highest = channels.map(({ values }) => Math.max(...values));
        [expected.max ?? []].flat().forEach((max, i) => {
          expect(Math.abs((highest[i] ?? NaN) - max)).toBeLessThan(2e-3);
        });
      }
    },
  );

  it.each([...bothOf('tile-segmenter'), ...bothOf('tile-anomaly'), ...bothOf('tile-exposure')])(
    '%s answers its golden samples as they were answered there',
    async (folder) => {
      const { bundle, run } = await modelOf(folder);
      const { output, input } = bundle;
      const task = taskNamed(bundle.task);
      const decode = task.decoder(output, input);
      const { golden } = (await json('models', folder, 'facts.json')) as { golden: Golden[] };
      for (const { file, expect: expected } of golden) {
        const { tensors, frame } = await run(join('models', folder, file));
        const answer = decode(tensors, frame);
        if (!answer.ok) throw new Error(answer.error.detail);
        const own = bundle.golden?.find((sample) => sample.file === file)?.expect;
        if (own) expect(task.golden.broken(answer.value, own, output)).toBeUndefined();
        const made = madeExpectation(bundle, expected);
        expect(task.golden.broken(answer.value, made, output)).toBeUndefined();
        const remembered = task.golden.expectationOf(answer.value, output, 'original');
        expect(task.golden.broken(answer.value, remembered, output)).toBeUndefined();
      }
    },
  );
});

/** The reference's figures as a golden sample of the bundle, with a narrow tolerance. */
function madeExpectation({ task, output }: BundleDocument, expected: Golden['expect']) {
  if (task === 'segmentation') return { shares: expected.shares ?? {}, tolerance: 2e-4 };
  if (task === 'regression') return { values: { exposure: expected.value ?? NaN }, tolerance: 1e-4 };
  const { minimum, threshold, maximum } = output as Record<'minimum' | 'threshold' | 'maximum', number>;
  const raw = expected.score ?? NaN;
  const [from, to, base] = raw < threshold ? [minimum, threshold, 0] : [threshold, maximum, 0.5];
  const score = Math.min(1, Math.max(0, base + (0.5 * (raw - from)) / (to - from)));
  return { score, isAnomalous: raw >= threshold, tolerance: 1e-4 };
}

const SIZE = { width: 112, height: 112 };

/** Labels of a test image: by its folder, where its mask is set. */
async function maskOf(folder: string, file: string, label: number): Promise<LabelMask> {
  const path = join(REFERENCE, 'tiles-masks', 'test', folder, file);
  if (!existsSync(path)) return { ...SIZE, labels: new Uint8Array(SIZE.width * SIZE.height) };
  const grey = await sharp(path).greyscale().raw().toBuffer();
  return { ...SIZE, labels: Uint8Array.from(grey, (value) => (value > 127 ? label : 0)) };
}

async function truthOf(folder: string, file: string, labels: readonly string[]): Promise<FrameTruth> {
  const isAnomalous = folder !== 'Free';
  return {
    mask: await maskOf(folder, file, Math.max(0, labels.indexOf(folder))),
    anomalous: isAnomalous,
    anomalyMask: await maskOf(folder, file, 1),
    values: { exposure: Number(file[1]) },
  };
}

describeWithReference('quality on the test images', () => {
  /** Figures of the reference by the names they have there. */
  const metricsOf = async (folder: string): Promise<Record<string, number | Record<string, number>>> => {
    const reference = (await json('reference', `${folder}.json`)) as {
      forms: { fp32: { metrics: Record<string, number | Record<string, number>> } };
    };
    return reference.forms.fp32.metrics;
  };

  const qualityOf = async (folder: string) => {
    const { bundle, run } = await modelOf(folder);
    const task = taskNamed(bundle.task);
    const quality = task.quality.collect(bundle.output, bundle.input);
    const labels = task.labels(bundle.output);
    const tests = join('tiles', 'test');
    for (const of of await readdir(join(REFERENCE, tests))) {
      for (const file of await readdir(join(REFERENCE, tests, of))) {
        const { tensors, frame } = await run(join(tests, of, file));
        expect(quality.add(tensors, frame, await truthOf(of, file, labels))).toBeUndefined();
      }
    }
    return quality.build();
  };

  const NAMES: Readonly<Record<string, string>> = { F1AtStoredThreshold: 'F1' };

  it.each([...bothOf('tile-segmenter'), ...bothOf('tile-anomaly'), ...bothOf('tile-exposure')])(
    '%s reaches the figures of the reference',
    async (folder) => {
      const [metrics, quality] = [await metricsOf(folder), await qualityOf(folder)];
      expect(quality.samples).toBe(200);
      expect(quality.figures[quality.metric]).toBe(quality.value);
      const wanted = Object.entries(metrics).flatMap(([name, value]): [string, number][] =>
        typeof value === 'number'
          ? [[NAMES[name] ?? name, value]]
          : Object.entries(value).map(([label, one]): [string, number] => [`${name}.${label}`, one]),
      );
      const known = wanted.filter(([name]) => name in quality.figures);
      expect(known.length).toBeGreaterThanOrEqual(3);
      for (const [name, value] of known) {
        expect(Math.abs((quality.figures[name] ?? NaN) - value), name).toBeLessThan(0.002);
      }
    },
  );
});
