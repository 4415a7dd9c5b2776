import { writeFile } from 'node:fs/promises';
import { InferenceHost } from '@hamon/inference';
import type { Subject } from './subject.js';

const HANG_MS = 30_000;

export interface OpenOptions {
  readonly threads: number;
  readonly loadTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** A child process for measuring. */
export async function openHost(
  { modelPath, document }: Subject,
  { threads, loadTimeoutMs, signal }: OpenOptions,
): Promise<InferenceHost> {
  const { input, output } = document;
  const host = await InferenceHost.start({
    ...{ modelPath, input, output, loadTimeoutMs, signal },
    intraOpNumThreads: threads,
    hangMs: HANG_MS,
  });
  await goFirst(host.pid);
  return host;
}

/** Where memory runs out, what only measures goes before what serves. */
async function goFirst(pid: number | undefined): Promise<void> {
  // Other systems have no such file, and some containers forbid it: the kernel's own choice stands.
  await writeFile(`/proc/${pid ?? 0}/oom_score_adj`, '900').catch(() => undefined);
}
