import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundleDocument } from '@hamon/contracts';
import { decodeImage, InferenceHost, readBundle, topIndex } from '@hamon/inference';
import { readModel, writeModel, type OnnxModel } from '@hamon/onnx';

/** What a model says on each image of a folder, as indices of `labels`, in the folder's order. */
export interface Answers {
  readonly labels: readonly string[];
  readonly said: readonly number[];
}

/** A bundle with its images decoded as it wants them. */
export interface Line {
  readonly bundle: BundleDocument;
  readonly modelPath: string;
  readonly pixels: readonly Uint8Array[];
}

const isImage = (name: string): boolean => /\.(png|jpe?g)$/.test(name);

export async function openLine(bundleDir: string, images: string, limit = Infinity): Promise<Line> {
  const bundle = await readBundle(bundleDir);
  if (!bundle.ok) throw new Error(bundle.error.detail);
  const names = (await readdir(images, { recursive: true })).filter(isImage).sort();
  // Every k-th, so that a limit keeps all classes.
  const step = Math.max(1, Math.ceil(names.length / limit));
  const pixels: Uint8Array[] = [];
  for (const name of names.filter((_, i) => i % step === 0)) {
    pixels.push(await decodeImage(await readFile(join(images, name)), bundle.value.input));
  }
  const file = bundle.value.variants.find(({ name }) => name === 'fp32')?.file;
  if (!file) throw new Error(`${bundleDir} has no fp32 variant`);
  return { bundle: bundle.value, modelPath: join(bundleDir, file), pixels };
}

/** Runs the line's model, or a changed copy of it, once over all images, in a child process of its own. */
export async function answersOf(line: Line, change?: (model: OnnxModel) => OnnxModel): Promise<Answers> {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-gates-'));
  const { input, output } = line.bundle;
  try {
    let modelPath = line.modelPath;
    if (change) {
      const model = change(readModel(new Uint8Array(await readFile(modelPath))));
      modelPath = join(folder, 'changed.onnx');
      await writeFile(modelPath, writeModel(model));
    }
    const host = await InferenceHost.start({
      ...{ modelPath, input, output },
      intraOpNumThreads: 1,
      hangMs: 60_000,
      loadTimeoutMs: 60_000,
    });
    try {
      const said: number[] = [];
      for (const pixels of line.pixels) said.push(topIndex((await host.run(pixels)).probabilities));
      return { labels: output.labels, said };
    } finally {
      await host.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The label that a model says most often. */
export function commonestLabel({ labels, said }: Answers): number {
  const counts = labels.map((_, label) => said.filter((one) => one === label).length);
  return counts.indexOf(Math.max(...counts));
}
