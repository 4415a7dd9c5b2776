import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { err, ok, type BundleDocument, type Result } from '@hamon/contracts';
import { InferenceError } from '../inference-error.js';
import { runInLimits, type ProcessEnd, type ProcessLimits } from '../limits/run-in-limits.js';
import type { BundleProblem } from './read-bundle.js';
import type { ValidatedBundle, ValidatedVariant } from './validate-bundle.js';

/** What the parent says, once. */
export interface ValidationOrder {
  readonly dir: string;
  readonly limits: ProcessLimits;
}

/** What the child says, once. */
export type ValidationMessage =
  | {
      readonly kind: 'valid';
      readonly bundle: BundleDocument;
      readonly variants: readonly ValidatedVariant[];
      /** Paths of what was added to the folder. */
      readonly newFiles: readonly string[];
    }
  | { readonly kind: 'refused'; readonly problem: BundleProblem }
  | { readonly kind: 'broken'; readonly stack: string };

const PROGRAM = createRequire(import.meta.url).resolve('@hamon/inference/validation-worker');

/**
 * `validateBundle` in a child process with limits: its images are decoded and its models loaded where nobody else waits, and
 * what takes more than it may is refused with the figure and the limit. New files are left in the folder as well.
 *
 * @throws InferenceError `stopped` when the signal aborts; `worker-crashed` where the process was ended by something else,
 * which says nothing of the bundle
 */
export async function validateInProcess(
  dir: string,
  limits: ProcessLimits,
  signal?: AbortSignal,
): Promise<Result<ValidatedBundle, BundleProblem>> {
  const outcome = await runInLimits<ValidationOrder, ValidationMessage, ValidationMessage>({
    program: PROGRAM,
    order: { dir, limits },
    limits,
    hear: (message) => message,
    signal,
  });
  if (outcome.kind === 'ended') return problemOfEnd(outcome.end);
  const { answer } = outcome;
  if (answer.kind === 'broken') throw new Error('a validation broke', { cause: answer.stack });
  if (answer.kind === 'refused') return err(answer.problem);
  const newFiles = new Map<string, Uint8Array>();
  for (const path of answer.newFiles) newFiles.set(path, await readFile(join(dir, path)));
  return ok({ bundle: answer.bundle, variants: answer.variants, newFiles });
}

function problemOfEnd({ code, detail }: ProcessEnd): Result<never, BundleProblem> {
  switch (code) {
    case 'time-limit':
      return err({ code: 'worker-hung', detail: `the validation was ended: ${detail}` });
    case 'memory-limit':
      return err({ code: 'memory-budget', detail: `the validation was ended: ${detail}` });
    case 'process-ended':
      throw new InferenceError('worker-crashed', detail);
    case 'cancelled':
      throw new InferenceError('stopped', detail);
  }
}
