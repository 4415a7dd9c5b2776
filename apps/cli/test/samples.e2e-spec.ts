import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openLabelledFolder, type ExpectedTruth, type LabelledFolder } from '@hamon/compress';
import { encodePng } from '@hamon/inference';
import { temporaryFolder } from '@hamon/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Platform } from './support/platform.js';
import { hamon as run, type Said } from './support/run.js';
import { sendingDevice, type SendPicture } from './support/sending-device.js';

const SEGMENTER = resolve(import.meta.dirname, '../../../../shared/data/models/tile-segmenter-1.0.0');
const onReferences = existsSync(SEGMENTER) ? it : it.skip;
const SIZE = { width: 16, height: 12 };

let platform: Platform;
let send: SendPicture;
beforeAll(async () => {
  platform = await Platform.start();
  const { token } = await json<{ token: string }>('enrol-token', 'create', '--uses', '1', '--ttl', '1h');
  send = await sendingDevice(platform.url, token, 'gate-1');
  const policy = join(platform.folder, 'policy.json');
  await writeFile(policy, JSON.stringify({ schema: 'hamon.fleet-policy/1', samples: { upload: true } }));
  await json('fleet', 'policy', 'set', policy);
});
afterAll(() => platform.discard());

const hamon = (...args: string[]): Promise<Said> =>
  run(args, { env: { HAMON_SERVER: platform.url, HAMON_TOKEN: platform.token } });

async function json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  const said = await hamon(...args, '--json');
  if (said.code !== 0) throw new Error(`hamon ${args.join(' ')}: ${said.err}`);
  return said.json as T;
}

let shade = 0;
/** Pictures that differ. */
async function png(): Promise<Uint8Array> {
  shade += 1;
  return encodePng(new Uint8Array(SIZE.width * SIZE.height).fill(shade), { ...SIZE, channels: 1 });
}

/** Sends a picture that a model answered, and says what it shows. */
async function labelled(model: string, task: string, ...flags: string[]): Promise<string> {
  const by = { model, version: '1.0.0', variant: 'fp32', task };
  const id = await send(await png(), { answeredBy: by as never });
  await json('sample', 'label', id.slice(0, 13), ...flags);
  return id;
}

async function pull(...flags: string[]): Promise<{ dir: string; left: { why: string }[]; pulled: number }> {
  const dir = await temporaryFolder();
  return {
    dir,
    ...(await json<{ left: { why: string }[]; pulled: number }>('sample', 'pull', '--to', dir, ...flags)),
  };
}

/** A bundle that is not refused where the machine has much else to do. */
async function unhurried(bundle: string): Promise<string> {
  const folder = await temporaryFolder();
  await cp(bundle, folder, { recursive: true });
  const path = join(folder, 'bundle.json');
  const document = JSON.parse(await readFile(path, 'utf8')) as object;
  // What was copied may be read-only.
  await rm(path);
  await writeFile(path, JSON.stringify({ ...document, budgets: { p95Ms: 60_000, rssMb: 10_000 } }));
  return folder;
}

/** What a labelled folder says of each sample, by its id, read as `hamon compress` does. */
async function truths(
  dir: string,
  expected: ExpectedTruth,
): Promise<{ form: string; by: Record<string, unknown> }> {
  const folder: LabelledFolder = await openLabelledFolder(dir, expected);
  const by: Record<string, unknown> = {};
  for (const [at, file] of folder.files.entries()) {
    by[/([0-9a-f-]{36})\.png$/.exec(file)?.[1] ?? file] = await folder.truthOf(at);
  }
  return { form: folder.form, by };
}

describe('pictures that people labelled', () => {
  it('become class subfolders, and lie elsewhere once they are labelled anew', async () => {
    await json('model', 'create', 'sorter', '--task', 'classification');
    const crack = await labelled('sorter', 'classification', '--label', 'Crack');
    const fray = await labelled('sorter', 'classification', '--label', 'Riß 3 µm');
    await labelled('sorter', 'classification', '--label', '../../escaped');
    await send(await png(), {
      answeredBy: { model: 'sorter', version: '1.0.0', variant: 'fp32', task: 'classification' },
    });
    const { dir, left, pulled } = await pull('--model', 'sorter', '--labelled');
    expect(pulled).toBe(2);
    expect(left).toEqual([
      { id: expect.any(String) as string, why: expect.stringMatching(/cannot be a folder/) as string },
    ]);
    expect(await truths(dir, {})).toEqual({
      form: 'classes',
      by: { [crack]: { label: 'Crack' }, [fray]: { label: 'Riß 3 µm' } },
    });
    await json('sample', 'label', crack, '--label', 'Fray');
    const again = await json('sample', 'pull', '--to', dir, '--model', 'sorter', '--labelled');
    expect(again).toMatchObject({ pulled: 1, present: 1, inFolder: 2 });
    expect((await truths(dir, {})).by[crack]).toEqual({ label: 'Fray' });
    expect(await readdir(join(dir, 'Crack'))).toEqual([]);
  });

  it('become COCO of a detector', async () => {
    await json('model', 'create', 'finder', '--task', 'detection');
    const two = await labelled(
      'finder',
      'detection',
      '--box',
      'Crack:1,2,5,4',
      '--box',
      'Dent, deep:0,0,3.5,2',
    );
    const none = await labelled('finder', 'detection', '--no-boxes');
    const { dir } = await pull('--model', 'finder', '--labelled');
    expect(await truths(dir, { labels: ['Dent, deep', 'Crack'] })).toEqual({
      form: 'coco',
      by: {
        [two]: {
          boxes: [
            { label: 'Crack', x: 1, y: 2, width: 5, height: 4 },
            { label: 'Dent, deep', x: 0, y: 0, width: 3.5, height: 2 },
          ],
        },
        [none]: { boxes: [] },
      },
    });
  });

  it('become sound things beside faults with their masks', async () => {
    await json('model', 'create', 'watcher', '--task', 'anomaly');
    const mask = join(platform.folder, 'mask.png');
    const marked = new Uint8Array(SIZE.width * SIZE.height);
    marked[17] = 255;
    await writeFile(mask, await encodePng(marked, { ...SIZE, channels: 1 }));
    const sound = await labelled('watcher', 'anomaly', '--good');
    const faulty = await labelled('watcher', 'anomaly', '--anomalous');
    const dent = await labelled('watcher', 'anomaly', '--fault', 'dent', '--mask', mask);
    const { dir } = await pull('--model', 'watcher', '--labelled');
    const { form, by } = await truths(dir, {});
    expect(form).toBe('anomaly');
    expect(by).toMatchObject({ [sound]: { anomalous: false }, [faulty]: { anomalous: true } });
    expect(by[dent]).toEqual({
      anomalous: true,
      anomalyMask: { ...SIZE, labels: marked.map((pixel) => Math.min(1, pixel)) },
    });
  });

  it('become lines of values', async () => {
    await json('model', 'create', 'gauge', '--task', 'regression');
    const whole = await labelled('gauge', 'regression', '--value', 'diameter=3.25', '--value', 'a, b=-1e-3');
    await labelled('gauge', 'regression', '--value', 'diameter=3');
    const { dir, left } = await pull('--model', 'gauge', '--labelled');
    expect(left).toMatchObject([{ why: 'it has not all of the values a, b, diameter' }]);
    expect(await truths(dir, { values: ['diameter', 'a, b'] })).toEqual({
      form: 'values',
      by: { [whole]: { values: { diameter: 3.25, 'a, b': -0.001 } } },
    });
  });

  onReferences('become masks in the order of the model (needs the reference data)', async () => {
    await json('model', 'create', 'tile-segmenter', '--task', 'segmentation');
    const { labels } = await json<{ labels: string[] }>(
      ...['model', 'push', 'tile-segmenter@1.0.0', '--bundle', await unhurried(SEGMENTER)],
    );
    const [first = '', second = ''] = labels;
    const file = join(platform.folder, 'segments.png');
    const pixels = new Uint8Array(SIZE.width * SIZE.height);
    pixels.fill(1, 20, 40);
    await writeFile(file, await encodePng(pixels, { ...SIZE, channels: 1 }));
    const flags = ['--mask', file, '--labels', `${second},${first}`];
    const id = await labelled('tile-segmenter', 'segmentation', ...flags);
    const stranger = await labelled(
      'tile-segmenter',
      'segmentation',
      '--mask',
      file,
      '--labels',
      `${first},moss`,
    );
    const { dir, left } = await pull('--model', 'tile-segmenter', '--labelled');
    expect(left).toEqual([{ id: stranger, why: '"moss" is no label of the model' }]);
    // The labeller counted them the other way round.
    expect(await truths(dir, { labels })).toEqual({
      form: 'masks',
      by: { [id]: { mask: { ...SIZE, labels: pixels.map((place) => 1 - place) } } },
    });
  });
});

describe('pictures without labels', () => {
  it('lie in one folder by their ids, which takes no other kind, and nothing that was there before', async () => {
    const { dir } = await pull('--where', 'model=sorter');
    expect((await openLabelledFolder(dir, {})).form).toBe('images');
    expect(await readdir(join(dir, 'images'))).toHaveLength(4);
    const mixed = await hamon('sample', 'pull', '--to', dir, '--model', 'sorter', '--labelled');
    expect({ code: mixed.code, err: mixed.err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('holds pictures without labels') as string,
    });
    const full = await temporaryFolder();
    await writeFile(join(full, 'mine.txt'), 'x');
    expect(await hamon('sample', 'pull', '--to', full)).toMatchObject({ code: 1 });
    expect(await readdir(full)).toEqual(['mine.txt']);
    expect(await hamon('sample', 'pull', '--to', join(full, 'mine.txt'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('mine.txt: EEXIST') as string,
    });
  });

  it('are gone on where a pull was interrupted', async () => {
    const { dir, pulled } = await pull('--model', 'finder');
    const record = join(dir, 'hamon-samples.json');
    // As after a kill: pictures are there, and the record knows none of them.
    await writeFile(record, JSON.stringify({ schema: 'hamon.sample-folder/1', task: null, samples: {} }));
    expect(await json('sample', 'pull', '--to', dir, '--model', 'finder')).toMatchObject({
      ...{ pulled: 0, present: pulled },
      inFolder: pulled,
      left: [],
    });
    expect(Object.keys(JSON.parse(await readFile(record, 'utf8')).samples)).toHaveLength(pulled);
  });
});

describe('hamon sample', () => {
  it('lists, shows and counts, in words and as documents', async () => {
    const listed = await hamon('sample', 'ls', '--model', 'finder', '--limit', '1');
    expect(listed.out).toMatch(/SAMPLE .*LABELS/);
    expect(listed.out).toMatch(/1 of 2 samples; next: --after /);
    const { items } = await json<{ items: { id: string }[] }>('sample', 'ls', '--label', 'Riß 3 µm');
    const shown = await hamon('sample', 'show', items[0]?.id ?? '');
    expect(shown.out).toContain('Riß 3 µm');
    expect(shown.out).toMatch(/by +sorter@1\.0\.0|answered +.* by sorter@1\.0\.0/);
    expect(await hamon('sample', 'show', 'abcd1234')).toMatchObject({ code: 1 });
  });

  it('deletes one by the beginning of its id, and says why in the ledger', async () => {
    const id = await send(await png());
    expect(await hamon('sample', 'rm', id.slice(0, 13))).toMatchObject({ code: 2 });
    expect(await json('sample', 'rm', id.slice(0, 13), '--why', 'shows a visitor')).toMatchObject({ id });
    expect(await json('audit', 'ls', '--subject', id)).toMatchObject({
      items: [{ action: 'sample.delete', detail: { why: 'shows a visitor' } }],
    });
  });

  it('shows the policy, and takes it back as it was shown, changed', async () => {
    const shown = await json<{ samples: object; version: number }>('fleet', 'policy', 'show');
    const file = join(platform.folder, 'changed.json');
    await writeFile(file, JSON.stringify({ ...shown, samples: { ...shown.samples, retentionDays: 3 } }));
    const { out } = await hamon('fleet', 'policy', 'set', file);
    expect(out).toMatch(/pictures +leave the devices/);
    expect(out).toMatch(/deleted +3 days after they came/);
    expect(await hamon('fleet', 'policy', 'set', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('Version 2 holds') as string,
    });
    expect((await hamon('fleet', 'policy', 'history')).out).toMatch(/2 versions\n$/);
    expect(await json('fleet', 'policy', 'show', '--version-number', '1')).toMatchObject({ version: 1 });
  });
});
