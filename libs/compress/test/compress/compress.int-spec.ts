import { copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BundleInput } from '@hamon/contracts';
import { encodePng, validateBundle } from '@hamon/inference';
import { readModel, writeModel } from '@hamon/onnx';
import { compress } from '../../src/compress.js';
import type { CompressProgress } from '../../src/compress-options.js';
import { openImages } from '../../src/dataset/image-source.js';
import type { SampleSource } from '../../src/dataset/sample-source.js';
import { parseRecipe } from '../../src/recipe/read-recipe.js';
import type { CompressReport } from '../../src/report/compress-report.js';
import { pushableReport } from '../../src/report/pushable-report.js';
import { summaryOf } from '../../src/report/summary.js';
import { openSamples } from '../../src/source/open-samples.js';
import { openSource } from '../../src/source/open-source.js';
import { externalDataModel } from '../support/external-data-model.js';
import {
  brightnessModel,
  bundleFolder,
  imageFolder,
  QUICK,
  SIDE,
  temporaryFolder,
} from '../support/small-bundle.js';

const recipe = { variants: ['int8-static', 'fp16', 'int8-weights'], ...QUICK };

describe('a compressed bundle', () => {
  let [source, calibration, evaluate, out] = ['', '', '', ''];
  let report: CompressReport;
  const steps: CompressProgress[] = [];
  const run = async (change: object = {}, to = join(dirname(out), 'again')): Promise<CompressReport> =>
    compress({ source, out: to, calibration, evaluate, recipe: { ...recipe, ...change } });
  const digests = (of: CompressReport) => of.variants.map(({ name, sha256 }) => [name, sha256]);

  beforeAll(async () => {
    source = await bundleFolder();
    calibration = await imageFolder();
    evaluate = await imageFolder(4, { seed: 2 });
    out = join(await temporaryFolder(), 'deep', 'result');
    report = await compress({ source, out, calibration, evaluate, recipe }, (step) => steps.push(step));
  });

  it('is itself a bundle that validates, with expectations of its own for each variant', async () => {
    const validated = await validateBundle(out);
    if (!validated.ok) throw new Error(validated.error.detail);
    const { bundle, newFiles } = validated.value;
    expect(newFiles.size).toBe(0);
    expect(bundle).toMatchObject({ model: 'brightness', version: '1.0.0', baseline: 'baseline.json' });
    expect(bundle.variants.map(({ name }) => name)).toEqual(['fp32', 'int8-static', 'fp16', 'int8-weights']);
    for (const { golden } of bundle.variants.slice(1)) expect(golden?.[0]?.expect).toBeDefined();
  });

  it('keeps the original byte by byte', async () => {
    const [before, after] = await Promise.all(
      [source, out].map((dir) => readFile(join(dir, 'model.fp32.onnx'))),
    );
    expect(after?.equals(before ?? Buffer.of())).toBe(true);
  });

  it('leaves a report whose parts a version can keep: origin, digests, figures on calibration samples', async () => {
    const pushable = pushableReport(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')));
    if (!pushable.ok) throw new Error(JSON.stringify(pushable.error));
    const { model, version, provenance, variants } = pushable.value;
    expect([model, version, provenance]).toEqual(['brightness', '1.0.0', report.provenance]);
    expect(variants.map(({ name, sha256 }) => [name, sha256])).toEqual(digests(report));
    for (const [i, { figures, evaluation }] of variants.entries()) {
      const measured = report.variants[i];
      expect([figures.bytes, figures.accuracy, figures.samples]).toEqual([
        measured?.bytes,
        measured?.calibration?.accuracy,
        measured?.calibration?.samples,
      ]);
      expect(evaluation?.accuracy).toBe(measured?.evaluation?.accuracy);
    }
  });

  it('leaves no report to push where it was made of something else, and says why', () => {
    const { model: _model, ...alone } = report;
    expect(pushableReport(alone)).toMatchObject({ ok: false, error: [{ field: 'model' }] });
    const { machine: _machine, ...broken } = report;
    for (const other of [null, [], 'x', { schema: 'hamon.bundle/1' }, broken, { ...report, variants: [{}] }])
      expect(pushableReport(other).ok).toBe(false);
    const odd = { ...report, variants: [{ ...report.variants[0], bytes: -1 }] };
    expect(pushableReport(odd)).toMatchObject({ error: [{ field: 'variants.0.figures.bytes' }] });
  });

  it('says what each variant costs and gives, the original first', () => {
    const { variants } = summaryOf(report);
    expect(variants[0]).toMatchObject({ name: 'fp32', file: 'model.fp32.onnx', accuracy: 1, agreement: 1 });
    for (const { bytes, accuracy, p50Ms, p95Ms, rssMb, macs } of variants) {
      expect(bytes).toBeLessThanOrEqual(variants[0]?.bytes ?? 0);
      expect(accuracy).toBeGreaterThan(0.9);
      expect(p95Ms).toBeGreaterThanOrEqual(p50Ms);
      expect(rssMb).toBeGreaterThan(10);
      expect(macs).toBe(8 * 6 * 6 * 9 * (1 + 8) + 24);
    }
    expect(report.selection.kind).toBe('chosen');
  });

  it('leaves a report for programs and one for people', async () => {
    const written = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as CompressReport;
    expect(written).toEqual(JSON.parse(JSON.stringify(report)));
    const page = await readFile(join(out, 'report.html'), 'utf8');
    for (const word of ['brightness 1.0.0', 'int8-weights', '<svg', 'prefers-color-scheme:dark'])
      expect(page).toContain(word);
    expect(page).not.toMatch(/<script|src=|href=|url\(/);
  });

  it('traces nodes and weights of every variant back to the source', () => {
    expect(report.layers.map(({ name }) => name)).toEqual(['first', 'second', 'last']);
    const second = report.layers[1]?.bytes;
    expect(second?.['int8-static']).toBeLessThan((second?.['fp32'] ?? 0) / 2);
    for (const { nodeMap } of report.variants.slice(1))
      expect(Object.values(nodeMap)).toEqual(expect.arrayContaining(['second']));
  });

  it('goes through its phases in order', () => {
    const phases = steps.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1]);
    expect(phases).toEqual(['open', 'build', 'evaluate', 'latency', 'finish']);
  });

  it('comes out the same, byte by byte, from the same recipe and files', async () => {
    const again = await run();
    expect(digests(again)).toEqual(digests(report));
    expect(again.provenance).toEqual(report.provenance);
    expect(parseRecipe(again.provenance.recipe)).toEqual(report.provenance.recipe);
    const fromRecord = await run(report.provenance.recipe);
    expect(digests(fromRecord)).toEqual(digests(report));
  });

  it('does not look at evaluation images for anything but the report', async () => {
    const misleading = await imageFolder(4, { seed: 3, labels: ['bright', 'dark', 'grey'] });
    const other = await compress({
      source,
      out: join(dirname(out), 'misled'),
      calibration,
      evaluate: misleading,
      recipe,
    });
    expect(other.variants[0]?.evaluation?.accuracy).toBeLessThan(0.5);
    expect(digests(other)).toEqual(digests(report));
    for (const [i, { calibration: judged }] of other.variants.entries())
      expect(judged).toEqual(report.variants[i]?.calibration);
  });

  it('makes variants without a look at the calibration images that it judges them on', async () => {
    const opened = await openSource(source);
    const parts = await openSamples(opened, { calibration }, parseRecipe(recipe));
    const judged = parts.judging as SampleSource;
    expect(judged.count).toBe(report.variants[0]?.calibration?.samples);
    expect(parts.calibration?.count).toBe(18 - judged.count);
    const seen = new Set<string>();
    for (let i = 0; i < judged.count; i += 1) seen.add((await judged.batch(i)).join());

    const changed = await temporaryFolder();
    await cp(calibration, changed, { recursive: true });
    const files = (await readdir(changed, { recursive: true }))
      .filter((file) => file.endsWith('.png'))
      .sort();
    const all = await openImages(changed, opened.ports.input as BundleInput);
    const black = await encodePng(new Uint8Array(SIDE * SIDE), { width: SIDE, height: SIDE, channels: 1 });
    let spoiled = 0;
    for (const [i, file] of files.entries()) {
      if (!seen.has((await all.batch(i)).join())) continue;
      await writeFile(join(changed, file), black);
      spoiled += 1;
    }
    expect(spoiled).toBe(judged.count);
    const pruned = { ...recipe, variants: ['int8-static', 'pruned'], prune: { channelMultiple: 2 } };
    const [before, after] = [calibration, changed].map((from, i) =>
      compress({ source, out: join(dirname(out), `judged-${i}`), calibration: from, recipe: pruned }),
    );
    expect(digests((await after) as CompressReport)).toEqual(digests((await before) as CompressReport));
    expect((await after)?.variants[0]?.calibration?.accuracy).toBeLessThan(0.5);
  });

  it('replaces an earlier result, and nothing else', async () => {
    const to = join(dirname(out), 'replaced');
    await run({ variants: ['fp16'] }, to);
    await run({ variants: ['int8-weights'] }, to);
    expect(await readdir(to)).toContain('model.int8-weights.onnx');
    expect(await readdir(to)).not.toContain('model.fp16.onnx');

    const theirs = join(dirname(out), 'theirs');
    await mkdir(theirs);
    await writeFile(join(theirs, 'thesis.txt'), 'years of work');
    await expect(run({}, theirs)).rejects.toMatchObject({ code: 'option-invalid' });
    expect(await readdir(theirs)).toEqual(['thesis.txt']);

    const added = join(to, 'golden', 'mine.png');
    await writeFile(added, 'an image of theirs');
    const before = await readdir(to);
    await expect(run({}, to)).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining('holds golden/mine.png') as unknown,
    });
    expect(await readdir(to)).toEqual(before);
    expect(await readFile(added, 'utf8')).toBe('an image of theirs');
  });

  it.each(['build', 'evaluate', 'latency', 'finish'] as const)(
    'leaves nothing behind when it is cancelled during %s',
    async (phase) => {
      const parent = await temporaryFolder();
      const stop = new AbortController();
      const running = compress(
        { source, out: join(parent, 'never'), calibration, evaluate, recipe },
        (step) => {
          if (step.phase === phase) stop.abort();
        },
        stop.signal,
      );
      await expect(running).rejects.toMatchObject({ code: 'cancelled' });
      expect(await readdir(parent)).toEqual([]);
    },
  );

  it('stays with the original where nothing proves that others are accurate', async () => {
    const to = join(dirname(out), 'unproven');
    const unproven = await compress({ source, out: to, recipe: { ...recipe, variants: ['int8-weights'] } });
    expect(unproven.selection).toMatchObject({
      kind: 'chosen',
      variant: 'fp32',
      rejected: [{ variant: 'int8-weights' }],
    });
    expect(summaryOf(unproven).variants[1]).not.toHaveProperty('accuracy');
  });
});

describe('a bundle that keeps not all that it promises here', () => {
  const compressed = async (change: object): Promise<{ out: string; running: Promise<CompressReport> }> => {
    const out = join(await temporaryFolder(), 'out');
    const source = await bundleFolder(brightnessModel(), change);
    const golden = await imageFolder(1);
    await mkdir(join(source, 'golden'));
    await copyFile(join(golden, 'dark', '0.png'), join(source, 'golden', 'dark.png'));
    return { out, running: compress({ source, out, recipe: { variants: ['fp16'], ...QUICK } }) };
  };

  it('is compressed all the same where no variant keeps its budgets, which are reasons not to choose one', async () => {
    const budgets = { p95Ms: 1e-4, rssMb: 1 };
    const { out, running } = await compressed({ budgets });
    const { selection } = await running;
    expect(selection.kind).toBe('none');
    expect(selection.rejected.find(({ variant }) => variant === 'fp32')?.breaches).toMatchObject([
      { constraint: 'maxP95Ms', limit: 1e-4 },
      { constraint: 'maxRssMb', limit: 1 },
    ]);
    expect(await validateBundle(out, { budgets: 'none' })).toMatchObject({ ok: true });
  });

  it('leaves models and report, and no bundle, where the original breaks its golden samples', async () => {
    const expected = { label: 'bright', probabilities: [0, 0, 1], tolerance: 0.02 };
    const { out, running } = await compressed({ golden: [{ file: 'golden/dark.png', expect: expected }] });
    await expect(running).rejects.toMatchObject({
      code: 'result-refused',
      message: expect.stringMatching(/golden\/dark\.png: label.* report .* are in /) as unknown,
    });
    const left = ['model.fp16.onnx', 'model.fp32.onnx', 'report.html', 'report.json'];
    expect((await readdir(out)).sort()).toEqual(left);
  });
});

describe('an ONNX file alone', () => {
  it('is compressed without images, labels or a bundle', async () => {
    const dir = await temporaryFolder();
    const source = join(dir, 'model.onnx');
    await writeFile(source, writeModel(brightnessModel()));
    const out = join(dir, 'out');
    const report = await compress({ source, out, recipe: { variants: ['int8-weights'], ...QUICK } });
    expect((await readdir(out)).sort()).toEqual([
      'model.fp32.onnx',
      'model.int8-weights.onnx',
      'report.html',
      'report.json',
    ]);
    const [fp32, int8] = summaryOf(report).variants;
    expect(Object.keys(fp32 ?? {})).toEqual(['name', 'file', 'bytes', 'p50Ms', 'p95Ms', 'rssMb', 'macs']);
    expect(int8?.bytes).toBeLessThan(fp32?.bytes ?? 0);
    expect(report.variants[1]?.synthetic?.samples).toBe(256);
  });
  it('takes in data that lies in other files, so that each variant is one file', async () => {
    const dir = await temporaryFolder();
    await writeFile(join(dir, 'model.onnx'), externalDataModel());
    await writeFile(join(dir, 'weights.bin'), Buffer.from(Float32Array.of(1, 2, 3, 4).buffer));
    const out = join(dir, 'out');
    await compress({ source: join(dir, 'model.onnx'), out, recipe: { variants: ['fp16'], ...QUICK } });
    const { graph } = readModel(await readFile(join(out, 'model.fp32.onnx')));
    expect([...(graph.initializers.get('w')?.floats() ?? [])]).toEqual([1, 2, 3, 4]);
  });
});
