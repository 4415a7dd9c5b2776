import type { DeviceEvent, Reason, RunningVersion } from '@hamon/contracts';
import type { Logger } from 'pino';
import type { BundleStore } from '../adapters/bundle-store.js';
import type { ChunkFetcher } from '../core/chunk-fetcher.js';
import type { Share } from '../core/situation.js';
import type { NeededContent } from '../core/wanted-bundles.js';
import type { FrameRouter } from '../data/frame-router.js';
import type { ModelKeeper } from '../model-keeper.js';
import type { RunMemory } from './run-memory.js';
import type { ModelProcesses } from './model-processes.js';

export interface DeviceNews {
  readonly version?: RunningVersion | null;
  /** The model that it is about, where no version of it is named. */
  readonly model?: string;
  readonly stream?: string;
  readonly reason?: Reason | null;
  readonly detail?: string;
}

/** What the executors of one model work with. */
export interface RunnerContext {
  readonly model: string;
  readonly keeper: ModelKeeper;
  readonly processes: ModelProcesses;
  readonly memory: RunMemory;
  readonly bundles: BundleStore;
  readonly fetcher: ChunkFetcher;
  readonly router: FrameRouter;
  readonly log: Logger;
  /** Free bytes where bundles are kept. */
  readonly freeBytes: () => Promise<number>;
  readonly minFreeBytes: number;
  readonly tell: (kind: DeviceEvent['kind'], news: DeviceNews) => void;
  /** What all models of the device need on its disk. */
  readonly needed: () => NeededContent;
  /** It got further with something that other models may wait for. */
  readonly further: (share: Share) => void;
  /** Shown in the reported state. */
  readonly progress: (have: number, total: number) => void;
  /** Whether two models fit beside each other, as the newest plan took it; shown there too. */
  readonly room: (forTwo: boolean) => void;
}
