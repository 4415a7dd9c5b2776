import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DetectionSpec, type BundleDocument } from '@hamon/contracts';
import { taskNamed, type FrameTruth } from '@hamon/tasks';
import { decodeImage, portsOf, readBundle } from '../src/index.js';
import { hasReference, REFERENCE, startHost } from './support.js';

type DetectionBundle = BundleDocument & { output: DetectionSpec };

const describeWithReference = hasReference ? describe : describe.skip;
const task = taskNamed('detection');
const json = async (...path: string[]): Promise<unknown> =>
  JSON.parse(await readFile(join(REFERENCE, ...path), 'utf8')) as unknown;

async function tileDetector(version: string): Promise<{ dir: string; bundle: DetectionBundle }> {
  const dir = join(REFERENCE, 'models', `tile-detector-${version}`);
  const bundle = await readBundle(dir);
  if (!bundle.ok) throw new Error(bundle.error.detail);
  return { dir, bundle: { ...bundle.value, output: DetectionSpec.parse(bundle.value.output) } };
}

/** The first golden sample that does not hold, of a bundle that describes the model as given. */
async function firstBroken(dir: string, bundle: DetectionBundle): Promise<string | undefined> {
  const { input, output, variants, golden = [] } = bundle;
  const host = await startHost(join(dir, variants[0]?.file ?? ''), portsOf(bundle));
  const decode = task.decoder(output, input);
  for (const { file, expect: expected } of golden) {
    const { pixels, frame } = await decodeImage(await readFile(join(dir, file)), input);
    const answer = decode((await host.run(pixels)).tensors, frame);
    if (!answer.ok) return answer.error.detail;
    const broken = expected && task.golden.broken(answer.value, expected, output);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

describeWithReference(`tile detectors (need ${join('..', 'shared', 'data')})`, () => {
  it.each(['1.0.0', '2.0.0'])('%s holds its golden samples, to four digits', async (version) => {
    const { dir, bundle } = await tileDetector(version);
    expect(await firstBroken(dir, bundle)).toBeUndefined();
    const golden = bundle.golden?.map(({ file, expect: expected }) => ({
      file,
      ...(expected && { expect: { ...expected, tolerance: 1e-4 } }),
    }));
    expect(await firstBroken(dir, { ...bundle, ...(golden && { golden }) })).toBeUndefined();
  });

  it.each<[string, (bundle: DetectionBundle) => DetectionBundle]>([
    ['another mean', (b) => ({ ...b, input: { ...b.input, mean: [0.4] } })],
    ['another scale', (b) => ({ ...b, input: { ...b.input, scale: 1 / 127.5 } })],
    ['a lower threshold', (b) => ({ ...b, output: { ...b.output, threshold: 0.15 } })],
    ['another sigmoid', (b) => ({ ...b, output: { ...b.output, scoreActivation: 'sigmoid' } })],
    [
      'labels in another order',
      (b) => ({ ...b, output: { ...b.output, labels: [...b.output.labels].reverse() } }),
    ],
  ])('break their golden samples with %s', async (_, change) => {
    for (const version of ['1.0.0', '2.0.0']) {
      const { dir, bundle } = await tileDetector(version);
      expect(await firstBroken(dir, change(bundle))).toEqual(expect.any(String));
    }
  });

  it.each(['1.0.0', '2.0.0'])('%s reaches the average precision of the reference', async (version) => {
    const { dir, bundle } = await tileDetector(version);
    const { input, output, variants } = bundle;
    const host = await startHost(join(dir, variants[0]?.file ?? ''), portsOf(bundle));
    const quality = task.quality.collect(output, input);
    const { images } = (await json('tiles-masks', 'test', 'boxes.json')) as {
      images: { file: string; boxes: NonNullable<FrameTruth['boxes']> }[];
    };
    for (const { file, boxes } of images) {
      const { pixels, frame } = await decodeImage(
        await readFile(join(REFERENCE, 'tiles', 'test', file)),
        input,
      );
      expect(quality.add((await host.run(pixels)).tensors, frame, { boxes })).toBeUndefined();
    }
    const { samples, metric, value, figures } = quality.build();
    const reference = (await json('reference', `tile-detector-${version}.json`)) as {
      forms: { fp32: { metrics: { mAP50: number; mAP50to95: number; AP50: Record<string, number> } } };
    };
    const { mAP50, mAP50to95, AP50 } = reference.forms.fp32.metrics;
    expect({ samples, metric }).toEqual({ samples: images.length, metric: 'mAP50' });
    expect(Math.abs(value - mAP50)).toBeLessThan(0.002);
    expect(Math.abs((figures['mAP50to95'] ?? 0) - mAP50to95)).toBeLessThan(0.002);
    for (const [label, ap] of Object.entries(AP50)) {
      expect(Math.abs((figures[`AP50.${label}`] ?? 0) - ap)).toBeLessThan(0.001);
    }
  });
});

interface ThirdParty {
  readonly file: string;
  readonly input: BundleDocument['input'];
  readonly output: unknown;
  readonly outputs: { name: string; shape: (number | string)[]; dtype: string }[];
  readonly golden: { file: string; width: number; height: number; expect: { detections: never[] } }[];
}

describeWithReference('detectors of others', () => {
  it('ultra-light-face finds the faces that its own tools find', async () => {
    const dir = join(REFERENCE, 'models', 'third-party', 'ultra-light-face');
    const facts = (await json('models', 'third-party', 'ultra-light-face', 'facts.json')) as ThirdParty;
    const { input } = facts;
    const spec = DetectionSpec.parse(facts.output);
    const host = await startHost(join(dir, facts.file), { input, outputs: task.outputNames(spec) });
    expect(task.checkOutputs(spec, input, host.model.outputs)).toBeUndefined();
    for (const { file, width, height, expect: expected } of facts.golden) {
      const { pixels, frame } = await decodeImage(await readFile(join(dir, file)), input);
      expect(frame).toEqual({ width, height });
      const answer = task.decoder(spec, input)((await host.run(pixels)).tensors, frame);
      if (!answer.ok) throw new Error(answer.error.detail);
      // Another image decoder and resize kernel: overlap of 0.8, scores within 0.1.
      const held = { detections: expected.detections, tolerance: 0.04 };
      expect(task.golden.broken(answer.value, held, spec)).toBeUndefined();
    }
  });

  it('FastestDet is refused with its shape, what it is, and the shapes that are read', async () => {
    const dir = join(REFERENCE, 'models', 'third-party', 'fastestdet');
    const facts = (await json('models', 'third-party', 'fastestdet', 'facts.json')) as ThirdParty;
    const name = facts.outputs[0]?.name ?? '';
    const labels = Array.from({ length: 80 }, (_, i) => `label-${i}`);
    const host = await startHost(join(dir, facts.file), { input: facts.input, outputs: [name] });
    for (const format of ['yolo', 'yolo-objectness', 'yolox', 'end-to-end']) {
      const spec = DetectionSpec.parse({ format, name, labels, threshold: 0.3 });
      const refusal = task.checkOutputs(spec, facts.input, host.model.outputs);
      expect(refusal).toMatch(
        /\[1, 85, 22, 22\].*grid of cells that is not decoded.*"yolo" \[1, 4 \+ labels, N\]/,
      );
      const synthetic = new Uint8Array(facts.input.width * facts.input.height * 3);
      const answer = task.decoder(spec, facts.input)((await host.run(synthetic)).tensors, {
        width: 9,
        height: 9,
      });
      expect(answer).toMatchObject({ ok: false, error: { code: 'labels-mismatch' } });
    }
  });
});
