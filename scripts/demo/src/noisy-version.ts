import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AnswerOf, type BundleDocument, err, ok, type Result } from '@hamon/contracts';
import { decodeImage, openModel } from '@hamon/inference';
import { addNoiseToWeights, readModel, writeModel } from '@hamon/onnx';
import { taskNamed } from '@hamon/tasks';
import type { BundleFolder } from './bundle-folder.js';

const MAX_SEEDS = 20;
/** Enough to tell another job from chance, few enough to take seconds. */
const MAX_IMAGES = 400;

export interface NoisyVersion {
  readonly version: string;
  readonly seed: number;
  /** How much it agrees with the original, in the measure of its task. */
  readonly agreement: number;
  readonly measure: string;
}

/** 2.0.0 → 3.0.0, 1.0.1 → 2.0.0 */
export const nextMajor = (version: string): string => `${Number(version.split('.')[0]) + 1}.0.0`;

/**
 * Makes a bad version: a bundle with one standard deviation of seeded noise on every weight tensor.
 * Golden samples and baseline are left out, so that validation remakes them and the file passes its own self-test:
 * only a comparison on live frames can stop it. A seed is passed over whose outputs are no answers (not finite, say), or
 * which does not show on the images that it does another job: each task says in its own measure what that is.
 */
export async function makeNoisyVersion(
  { bundle, folder }: BundleFolder,
  to: string,
  images: readonly string[],
): Promise<NoisyVersion> {
  const variant = bundle.variants.find(({ name }) => name === 'fp32') ?? bundle.variants[0];
  if (!variant) throw new Error(`${folder} has no variant`);
  const shown = evenly(images, MAX_IMAGES);
  const source = join(folder, variant.file);
  const original = await answersOf(source, bundle, shown);
  if (!original.ok) throw new Error(`${folder}: ${original.error}`);

  const version = nextMajor(bundle.version);
  const path = join(to, variant.file);
  await rm(to, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  const { golden: _golden, baseline: _baseline, ...kept } = bundle;
  const variants = [{ name: variant.name, file: variant.file }];
  await writeFile(join(to, 'bundle.json'), JSON.stringify({ ...kept, version, variants }, null, 2));

  const { measure, anotherJob } = taskNamed(bundle.task).comparisons;
  const model = readModel(await readFile(source), { baseDir: dirname(source) });
  for (let seed = 1; seed <= MAX_SEEDS; seed++) {
    await writeFile(path, writeModel(addNoiseToWeights(model, seed)));
    const noisy = await answersOf(path, bundle, shown);
    const agreement = noisy.ok ? agreementOf(bundle, original.value, noisy.value) : null;
    if (agreement !== null && agreement <= anotherJob) return { version, seed, agreement, measure };
  }
  throw new Error(
    `no seed up to ${MAX_SEEDS} makes a version whose ${measure} to ${bundle.version} is ${anotherJob} or less`,
  );
}

/** What a model says to every image, or why that is none of its task's answers. */
async function answersOf(
  modelPath: string,
  bundle: BundleDocument,
  images: readonly string[],
): Promise<Result<readonly AnswerOf[], string>> {
  const { input, output } = bundle;
  const task = taskNamed(bundle.task);
  const decode = task.decoder(output, input);
  const limits = { intraOpNumThreads: 1, hangMs: 30_000, loadTimeoutMs: 60_000 };
  const host = await openModel(bundle, { modelPath, ...limits });
  try {
    const answers: AnswerOf[] = [];
    for (const path of images) {
      const { pixels, frame } = await decodeImage(await readFile(path), input);
      const { tensors } = await host.run(pixels);
      const answer = decode(tensors, frame);
      if (!answer.ok) return err(answer.error.detail);
      answers.push(answer.value);
    }
    const implausible = task.golden.implausible(answers, output);
    return implausible === undefined ? ok(answers) : err(implausible);
  } finally {
    await host.stop();
  }
}

/** Null where the answers do not tell. */
function agreementOf(
  { task, output }: BundleDocument,
  first: readonly AnswerOf[],
  second: readonly AnswerOf[],
): number | null {
  const { comparisons } = taskNamed(task);
  const pairs = comparisons.collect(output);
  second.forEach((answer, i) => pairs.add(first[i] ?? answer, answer));
  return comparisons.agreement(pairs.build());
}

/** At most `count` items, spread over the whole list. */
function evenly<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor(i * step)] as T);
}
