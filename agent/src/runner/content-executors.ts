import { ContentError } from '@hamon/content';
import { AgentError } from '../agent-error.js';
import { DONE } from '../core/step-outcome.js';
import { chunksOf } from '../adapters/bundle-store.js';
import { untilAborted } from '../adapters/until-aborted.js';
import type { Executors } from './executors.js';
import type { RunnerContext } from './runner-context.js';

/** From the broker to a verified folder. */
export function contentExecutors(
  context: RunnerContext,
): Pick<Executors, 'fetchIndex' | 'fetchChunks' | 'assembleBundle' | 'collectGarbage'> {
  const { bundles, fetcher, memory, needed, progress, further, processes } = context;
  return {
    fetchIndex: async ({ bundle }, signal) => {
      await fetcher.fetch(bundle.chunks, () => further('download'), signal, memory.tries);
      await bundles.index(bundle);
      return DONE;
    },
    fetchChunks: async ({ bundle }, signal) => {
      const index = await bundles.index(bundle);
      if (!index) return { kind: 'interrupted' };
      const missing = await bundles.missing(index);
      await checkSpace(context, missing, index.files);
      const total = new Set(chunksOf(index).map(({ sha256 }) => sha256)).size;
      let have = total - missing.length;
      progress(have, total);
      const arrived = (): void => {
        further('download');
        progress(++have, total);
      };
      await fetcher.fetch(missing, arrived, signal, memory.tries);
      return DONE;
    },
    assembleBundle: async ({ target }, signal) => {
      const index = await bundles.index(target.bundle);
      if (!index) return { kind: 'interrupted' };
      const { sha256 } = target.bundle;
      try {
        // What is installed already takes no further space: a device on a full disk can still go back.
        if (!(await bundles.isWhole(sha256))) {
          await checkSpace(context, [], index.files);
          const assembled = bundles.assemble(sha256, index, signal).then(() => true);
          // It may have to wait for another model's turn to write, while the version that answers has to be loaded again.
          if (!(await untilAborted(assembled, signal))) return { kind: 'interrupted' };
        }
      } catch (cause) {
        // The store found a chunk damaged and forgot it: the next plan fetches it again.
        if (cause instanceof ContentError && cause.code === 'missing-chunk') return { kind: 'interrupted' };
        throw cause;
      }
      const total = new Set(chunksOf(index).map(({ sha256 }) => sha256)).size;
      progress(total, total);
      return DONE;
    },
    collectGarbage: async (_, signal) => {
      const collected = bundles.collect(needed).then(() => true);
      if (!(await untilAborted(collected, signal))) return { kind: 'interrupted' };
      processes.forgetDocuments(needed().bundles);
      return DONE;
    },
  };
}

/** Before anything is written: an update must not fill the disk that the device's own work needs. */
async function checkSpace(
  { freeBytes, minFreeBytes }: RunnerContext,
  chunks: readonly { readonly length: number }[],
  files: readonly { readonly length: number }[],
): Promise<void> {
  const sum = (parts: readonly { readonly length: number }[]): number =>
    parts.reduce((total, { length }) => total + length, 0);
  const wanted = sum(chunks) + sum(files) + minFreeBytes;
  const free = await freeBytes();
  if (free < wanted) {
    const mb = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1);
    throw new AgentError('disk-full', `${mb(wanted)} MB are needed, ${mb(free)} MB are free`);
  }
}
