import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { openOnProviders, type InferenceHost } from '@hamon/inference';
import type { MemoryGuard } from './memory-guard.js';
import type { Subject } from './subject.js';

const HANG_MS = 30_000;

export interface OpenOptions {
  readonly threads: number;
  readonly loadTimeoutMs: number;
  /** As the device's configuration has them for the model: what is measured is what will answer. */
  readonly executionProviders?: readonly string[] | undefined;
  readonly memory: MemoryGuard;
  /** Ends the child at once, whatever it is doing. */
  readonly signal: AbortSignal;
}

/**
 * A child process for measuring.
 *
 * @param childMb what it is going to take
 * @throws AgentError `no-memory` where so much is not safely left over; InferenceError
 */
export async function openHost(
  { variant, folder, modelPath, document }: Subject,
  { threads, loadTimeoutMs, executionProviders = [], memory, signal }: OpenOptions,
  childMb: number,
): Promise<InferenceHost> {
  memory.require(1, childMb);
  const release = memory.hold(childMb);
  let host: InferenceHost;
  try {
    host = await openOnProviders(
      document,
      { name: variant, file: basename(modelPath) },
      {
        ...{ folder, executionProviders, loadTimeoutMs, signal },
        intraOpNumThreads: threads,
        hangMs: HANG_MS,
      },
    );
  } catch (cause) {
    release();
    throw cause;
  }
  const stop = (): void => void host.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  host.onExit(() => {
    signal.removeEventListener('abort', stop);
    release();
  });
  await goFirst(host.pid);
  return host;
}

/** When memory runs out, the kernel ends what only measures before what serves. */
async function goFirst(pid: number | undefined): Promise<void> {
  // Other systems have no such file, and some containers forbid it: the kernel's own choice stands.
  await writeFile(`/proc/${pid ?? 0}/oom_score_adj`, '900').catch(() => undefined);
}
