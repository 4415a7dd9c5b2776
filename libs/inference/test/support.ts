import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { bundleDocument, temporaryFolder, tinyModel, type TinyModelOptions } from '@hamon/testing';
import { InferenceHost, type InferenceHostOptions, type RunOutcome } from '../src/index.js';

/** The reference models and images, which are not part of the repository. */
export const REFERENCE = resolve(import.meta.dirname, '../../../../shared/data');
export const hasReference = existsSync(join(REFERENCE, 'models'));

export { temporaryFolder };

/** Starts a host that is stopped after the test, on a file or on a tiny model. */
export async function startHost(
  model: string | TinyModelOptions = {},
  options: Partial<InferenceHostOptions> = {},
): Promise<InferenceHost> {
  const modelPath = typeof model === 'string' ? model : join(await temporaryFolder(), 'model.onnx');
  if (typeof model !== 'string') await writeFile(modelPath, tinyModel(model));
  const { input } = bundleDocument();
  const host = await InferenceHost.start({
    modelPath,
    input: { ...input, scale: 1, mean: [0], std: [1] },
    outputs: ['scores'],
    intraOpNumThreads: 1,
    hangMs: 10_000,
    loadTimeoutMs: 30_000,
    ...options,
  });
  onTestFinished(() => host.stop());
  return host;
}

/** The values of the tiny model's one output. */
export const scoresOf = ({ tensors }: RunOutcome): number[] => [...(tensors.get('scores')?.data ?? [])];

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Polls until the condition holds; the test's own timeout is the deadline. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
