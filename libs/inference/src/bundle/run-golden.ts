import {
  err,
  ok,
  type AnswerOf,
  type BundleDocument,
  type FrameSize,
  type GoldenSample,
  type Result,
} from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';
import type { InferenceHost } from '../host/inference-host.js';
import { decodeImage } from '../image/decode-image.js';
import type { ReadBundleFile } from './bundle-files.js';
import { problemOf } from './problem-of.js';
import type { BundleProblem } from './read-bundle.js';

/** One golden sample and what the model says to it. */
export interface GoldenRun {
  readonly sample: GoldenSample;
  readonly answer: AnswerOf;
  readonly frame: FrameSize;
}

/** Runs golden samples one by one; the first that breaks its expectation ends it. */
export async function runGolden(
  host: Pick<InferenceHost, 'run'>,
  { task: name, input, output }: BundleDocument,
  samples: readonly GoldenSample[],
  read: ReadBundleFile,
): Promise<Result<readonly GoldenRun[], BundleProblem>> {
  const task = taskNamed(name);
  const decode = task.decoder(output, input);
  const runs: GoldenRun[] = [];
  for (const sample of samples) {
    const { file, expect } = sample;
    const image = await read(file);
    if (!image.ok) return image;
    try {
      const { pixels, frame } = await decodeImage(image.value, input);
      const { tensors } = await host.run(pixels);
      const answer = decode(tensors, frame);
      if (!answer.ok) return err(at(file, answer.error));
      const broken = expect && task.golden.broken(answer.value, expect, output);
      if (broken) return err(at(file, { code: 'golden-mismatch', detail: broken }));
      runs.push({ sample, answer: answer.value, frame });
    } catch (cause) {
      return err(at(file, problemOf(cause)));
    }
  }
  return ok(runs);
}

const at = (file: string, { code, detail }: BundleProblem): BundleProblem => ({
  code,
  detail: `${file}: ${detail}`.slice(0, 500),
});
