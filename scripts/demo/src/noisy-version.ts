import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleDocument } from '@hamon/contracts';
import { decodeImage, InferenceError, InferenceHost, topIndex } from '@hamon/inference';
import { addNoiseToWeights, readModel, writeModel } from '@hamon/onnx';
import { cohenKappa, emptyTable, mergeTables } from '@hamon/stats';

const MAX_SEEDS = 20;
const MAX_KAPPA = 0.2;
/** Enough to tell a kappa of 0.2 from chance, few enough to take a second. */
const MAX_IMAGES = 400;

export interface NoisyVersion {
  readonly version: string;
  readonly seed: number;
  readonly kappa: number;
}

/** 2.0.0 → 3.0.0, 1.0.1 → 2.0.0 */
export const nextMajor = (version: string): string => `${Number(version.split('.')[0]) + 1}.0.0`;

/**
 * Makes a bad version: the bundle at `from` with one standard deviation of seeded noise on every weight tensor.
 * Golden samples and baseline are dropped, so that validation remakes them and the file passes its own self-test:
 * only a comparison on live frames can stop it. A seed whose outputs are not finite, or which still agrees with the
 * original (Cohen's kappa above 0.2), is passed over.
 */
export async function makeNoisyVersion(
  from: string,
  to: string,
  images: readonly string[],
): Promise<NoisyVersion> {
  const bundle = BundleDocument.parse(JSON.parse(await readFile(join(from, 'bundle.json'), 'utf8')));
  const variant = bundle.variants.find(({ name }) => name === 'fp32') ?? bundle.variants[0];
  if (!variant) throw new Error(`${from} has no variant`);
  const pixels = await Promise.all(
    evenly(images, MAX_IMAGES).map(async (path) => decodeImage(await readFile(path), bundle.input)),
  );
  const original = await labelsOf(join(from, variant.file), bundle, pixels);
  if (!original) throw new Error(`${from}: its outputs are not finite on the images`);

  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
  await rm(join(to, 'golden'), { recursive: true, force: true });
  if (bundle.baseline) await rm(join(to, bundle.baseline), { force: true });
  const version = nextMajor(bundle.version);
  const { golden: _golden, baseline: _baseline, ...kept } = bundle;
  const variants = [{ name: variant.name, file: variant.file }];
  await writeFile(join(to, 'bundle.json'), JSON.stringify({ ...kept, version, variants }, null, 2));

  const weights = await readFile(join(from, variant.file));
  for (let seed = 1; seed <= MAX_SEEDS; seed++) {
    const noisyModel = addNoiseToWeights(readModel(weights, { baseDir: from }), seed);
    const path = join(to, variant.file);
    await rm(path, { force: true });
    await writeFile(path, writeModel(noisyModel));
    const noisy = await labelsOf(path, bundle, pixels);
    if (!noisy) continue;
    const kappa = kappaOf(original, noisy, bundle.output.labels);
    if (kappa <= MAX_KAPPA) return { version, seed, kappa };
  }
  throw new Error(`no seed up to ${MAX_SEEDS} makes a version that disagrees with ${bundle.version}`);
}

/** The predicted class of every image, or undefined where an output is not finite. */
async function labelsOf(
  modelPath: string,
  bundle: BundleDocument,
  pixels: readonly Uint8Array[],
): Promise<number[] | undefined> {
  const host = await InferenceHost.start({
    modelPath,
    input: bundle.input,
    output: bundle.output,
    intraOpNumThreads: 1,
    hangMs: 30_000,
    loadTimeoutMs: 60_000,
  });
  try {
    const labels: number[] = [];
    for (const image of pixels) {
      const { probabilities } = await host.run(image);
      labels.push(topIndex(probabilities));
    }
    return labels;
  } catch (error) {
    if (error instanceof InferenceError && error.code === 'output-not-finite') return undefined;
    throw error;
  } finally {
    await host.stop();
  }
}

/** Two versions that both give one and the same label always have no kappa: they agree. */
function kappaOf(a: readonly number[], b: readonly number[], labels: readonly string[]): number {
  const cells = a.map((label, i): [number, number, number] => [label, b[i] ?? label, 1]);
  const table = mergeTables({ labels: [...labels], cells }, emptyTable());
  return cohenKappa(table, 1)?.kappa ?? 1;
}

/** At most `count` items, spread over the whole list. */
function evenly<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor(i * step)] as T);
}

/** Every PNG and JPEG below a folder, sorted. */
export async function listImages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((name) => /\.(png|jpe?g)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}
