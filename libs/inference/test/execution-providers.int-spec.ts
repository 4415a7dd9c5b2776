import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BundleDocument, goldenFor, type GoldenSample } from '@hamon/contracts';
import { bundleDocument, writeBundle } from '@hamon/testing';
import {
  openOnProviders,
  probeProvider,
  readerOf,
  runGolden,
  syntheticImage,
  type InferenceHost,
  type ProviderRefusal,
} from '../src/index.js';
import { hasReference, REFERENCE, startHost, temporaryFolder } from './support.js';

/** A Vulkan driver that computes on the CPU: Debian's package `chromium-common` has one. */
const DRIVER = process.env['HAMON_TEST_VULKAN_DRIVER'] ?? '/usr/lib/chromium/vk_swiftshader_icd.json';
const hasDriver = existsSync(DRIVER);

const samples: readonly GoldenSample[] = [{ file: 'golden/0.png' }];

interface Opened {
  readonly host: InferenceHost;
  readonly refused: readonly ProviderRefusal[];
}

/** The tiny model with one golden image, on the first of the providers that will do. */
async function openOn(
  executionProviders: readonly string[],
  golden: readonly GoldenSample[] = samples,
): Promise<Opened> {
  const folder = await temporaryFolder();
  const document: BundleDocument = bundleDocument({ golden: [...golden] });
  const image = await syntheticImage(document.input, 1);
  await writeBundle(folder, document, {}, { 'golden/0.png': image });
  return openFrom(folder, document, executionProviders);
}

async function openFrom(
  folder: string,
  document: BundleDocument,
  executionProviders: readonly string[],
): Promise<Opened> {
  const refused: ProviderRefusal[] = [];
  const [variant = { name: '', file: '' }] = document.variants;
  const host = await openOnProviders(document, variant, {
    ...{ folder, executionProviders, intraOpNumThreads: 1, hangMs: 20_000, loadTimeoutMs: 30_000 },
    onRefused: (refusal) => refused.push(refusal),
  });
  onTestFinished(() => host.stop());
  return { host, refused };
}

function withDriver(): void {
  const before = process.env['VK_ICD_FILENAMES'];
  process.env['VK_ICD_FILENAMES'] = DRIVER;
  onTestFinished(() => {
    if (before === undefined) delete process.env['VK_ICD_FILENAMES'];
    else process.env['VK_ICD_FILENAMES'] = before;
  });
}

describe('openOnProviders', () => {
  it('runs on the CPU where nothing else is asked for', async () => {
    const { host, refused } = await openOn([]);
    expect(host.model.executionProvider).toBe('cpu');
    expect(refused).toEqual([]);
  });

  it('says which providers this build does not have, and answers on the CPU', async () => {
    const { host, refused } = await openOn(['xnnpack', 'openvino']);
    expect(host.model.executionProvider).toBe('cpu');
    expect(refused.map(({ provider }) => provider)).toEqual(['xnnpack', 'openvino']);
    expect(refused[0]?.detail).toContain('has no execution provider "xnnpack" here, only cpu');
    await expect(host.run(new Uint8Array(64))).resolves.toBeDefined();
  });

  it('says why a provider whose libraries are missing cannot be had', async () => {
    const { host, refused } = await openOn(['cuda']);
    expect(host.model.executionProvider).toBe('cpu');
    expect(refused).toEqual([{ provider: 'cuda', detail: expect.stringMatching(/./) }]);
  });

  it('tries nothing behind cpu', async () => {
    const { refused } = await openOn(['cpu', 'xnnpack']);
    expect(refused).toEqual([]);
  });

  it('blames the model, not the provider, for what the CPU cannot load either', async () => {
    const folder = await temporaryFolder();
    const document = bundleDocument();
    await writeBundle(folder, document, {}, { 'model.fp32.onnx': Buffer.from('no model') });
    await expect(openFrom(folder, document, ['xnnpack'])).rejects.toMatchObject({ code: 'model-unloadable' });
  });
});

describe.skipIf(!hasDriver)('webgpu (needs a Vulkan driver: chromium-common)', () => {
  it('is found to work, by a sum', async () => {
    withDriver();
    await expect(probeProvider('webgpu', await temporaryFolder())).resolves.toBeUndefined();
  });

  it('answers the golden samples', async () => {
    withDriver();
    const { host, refused } = await openOn(['webgpu']);
    expect(refused).toEqual([]);
    expect(host.model.executionProvider).toBe('webgpu');
  });

  it('is left where it answers a golden sample otherwise', async () => {
    withDriver();
    const expectation = { label: 'low', probabilities: [1, 0, 0], tolerance: 0.02 };
    const { host, refused } = await openOn(['webgpu'], [{ file: 'golden/0.png', expect: expectation }]);
    expect(host.model.executionProvider).toBe('cpu');
    expect(refused).toEqual([{ provider: 'webgpu', detail: expect.stringContaining('golden/0.png: ') }]);
  });

  // This provider moves a box of the detector by five pixels (onnxruntime 1.30 on SwiftShader): then it must not be taken.
  it.skipIf(!hasReference).each(['tile-inspector-2.0.0', 'tile-detector-2.0.0'])(
    'answers as expected of %s, there or on the CPU (needs shared/data)',
    async (name) => {
      withDriver();
      const folder = join(REFERENCE, 'models', name);
      const document = BundleDocument.parse(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));
      const { host, refused } = await openFrom(folder, document, ['webgpu']);
      expect(host.model.executionProvider).toBe(refused.length > 0 ? 'cpu' : 'webgpu');
      const golden = goldenFor(document, 'fp32');
      expect(golden.some((sample) => sample.expect !== undefined)).toBe(true);
      const answered = await runGolden(host, document, golden, readerOf(folder, 2 ** 20));
      expect(answered).toMatchObject({ ok: true });
    },
  );
});

describe('probeProvider', () => {
  it('finds that the CPU computes', async () => {
    await expect(probeProvider('cpu', await temporaryFolder())).resolves.toBeUndefined();
  });

  it('says why a provider does not work, also where there is no folder for its file', async () => {
    const folder = await temporaryFolder();
    await expect(probeProvider('openvino', folder)).resolves.toContain('"openvino"');
    await expect(probeProvider('cpu', join(folder, 'gone'))).resolves.toContain('ENOENT');
  });
});

describe.skipIf(process.platform !== 'linux')('the nice level of a model', () => {
  it('is that of every thread of its process', async () => {
    const host = await startHost({}, { nice: 7, intraOpNumThreads: 2 });
    await host.run(new Uint8Array(64));
    expect(host.model.niceRefused).toBeUndefined();
    const levels = await niceLevels(host.pid ?? 0);
    expect(levels.length).toBeGreaterThan(2);
    expect(new Set(levels)).toEqual(new Set([7]));
  });
});

/** Field 19 of proc_pid_stat(5), of each thread. */
async function niceLevels(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/stat`, 'utf8')));
  return texts.map((text) => Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19 - 3]));
}
