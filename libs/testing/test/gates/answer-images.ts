import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnswerOf, BundleDocument } from '@hamon/contracts';
import { decodeImage, openModel, readBundle, type DecodedImage } from '@hamon/inference';
import { readModel, writeModel, type OnnxModel } from '@hamon/onnx';
import { taskNamed } from '@hamon/tasks';

/** What a model says on each image of a folder, in the folder's order. */
export interface Answers {
  readonly bundle: Pick<BundleDocument, 'task' | 'output'>;
  readonly said: readonly AnswerOf[];
}

/** A bundle with its images decoded as it wants them. */
export interface Line {
  readonly bundle: BundleDocument;
  readonly modelPath: string;
  readonly images: readonly DecodedImage[];
}

const isImage = (name: string): boolean => /\.(png|jpe?g)$/.test(name);

export async function openLine(bundleDir: string, folder: string, limit = Infinity): Promise<Line> {
  const bundle = await readBundle(bundleDir);
  if (!bundle.ok) throw new Error(bundle.error.detail);
  const names = (await readdir(folder, { recursive: true })).filter(isImage).sort();
  // Every k-th, so that a limit keeps all classes.
  const step = Math.max(1, Math.ceil(names.length / limit));
  const images: DecodedImage[] = [];
  for (const name of names.filter((_, i) => i % step === 0)) {
    images.push(await decodeImage(await readFile(join(folder, name)), bundle.value.input));
  }
  const file = bundle.value.variants.find(({ name }) => name === 'fp32')?.file;
  if (!file) throw new Error(`${bundleDir} has no fp32 variant`);
  return { bundle: bundle.value, modelPath: join(bundleDir, file), images };
}

/** Runs the line's model, or a changed copy of it, once over all images, in a child process of its own. */
export async function answersOf(line: Line, change?: (model: OnnxModel) => OnnxModel): Promise<Answers> {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-gates-'));
  const { bundle } = line;
  try {
    let modelPath = line.modelPath;
    if (change) {
      const model = change(readModel(new Uint8Array(await readFile(modelPath))));
      modelPath = join(folder, 'changed.onnx');
      await writeFile(modelPath, writeModel(model));
    }
    const decode = taskNamed(bundle.task).decoder(bundle.output, bundle.input);
    const host = await openModel(bundle, {
      modelPath,
      intraOpNumThreads: 1,
      hangMs: 60_000,
      loadTimeoutMs: 60_000,
    });
    try {
      const said: AnswerOf[] = [];
      for (const { pixels, frame } of line.images) {
        const answer = decode((await host.run(pixels)).tensors, frame);
        if (!answer.ok) throw new Error(answer.error.detail);
        said.push(answer.value);
      }
      return { bundle, said };
    } finally {
      await host.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
