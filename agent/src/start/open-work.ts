import { availableMemory } from 'node:process';
import { ChunkStore } from '@hamon/content';
import { BundleStore } from '../adapters/bundle-store.js';
import { freeBytes } from '../adapters/disk-space.js';
import { BenchmarkWork } from '../benchmark/benchmark-work.js';
import { answering } from '../core/device-state.js';
import { isAtRest } from '../core/is-at-rest.js';
import { laterOf } from '../core/time-floor.js';
import type { FrameRouter } from '../data/frame-router.js';
import type { IdleWork } from '../idle-work.js';
import { contentExecutors } from '../runner/content-executors.js';
import { judgeExecutors } from '../runner/judge-executors.js';
import { modelExecutors } from '../runner/model-executors.js';
import type { ModelProcesses } from '../runner/model-processes.js';
import { noteProcessEnd } from '../runner/note-process-end.js';
import { RunMemory } from '../runner/run-memory.js';
import { Runner } from '../runner/runner.js';
import type { RunnerContext } from '../runner/runner-context.js';
import { switchExecutors } from '../runner/switch-executors.js';
import type { Device } from './make-device.js';
import { fetchOver, type OpenLink } from './open-link.js';
import type { StateFolder } from './open-state-folder.js';

/** The runner, and what the device does when the runner has nothing to do. */
export interface Work {
  readonly runner: Runner;
  readonly benchmarks: BenchmarkWork;
  readonly idle: readonly IdleWork[];
}

export interface WorkParts {
  readonly device: Device;
  readonly folder: StateFolder;
  readonly open: OpenLink;
  readonly router: FrameRouter;
  readonly processes: ModelProcesses;
}

const MB = 1024 ** 2;
/** Beside those of a deployment's fetcher, within what the broker lets a device hold. */
const BENCHMARK_CHUNKS = 4;

const availableMemoryMb = (): number => availableMemory() / MB;

export async function openWork(parts: WorkParts): Promise<Work> {
  const { device, processes } = parts;
  const { notices, keeper, tell } = device;
  const memory = new RunMemory();
  const benchmarks = await openBenchmarks(parts);
  const idle: readonly IdleWork[] = [benchmarks];
  const runner = makeRunner(parts, memory, idle);
  const wakeIdle = (): void => {
    for (const work of idle) work.wake();
  };
  notices.stateChanged.on(wakeIdle);
  notices.wishChanged.on(() => runner.wake());
  notices.processEnded.on((role, exit) => {
    noteProcessEnd(role, exit, { keeper, processes, memory, tell });
    runner.wake();
    wakeIdle();
  });
  return { runner, benchmarks, idle };
}

function makeRunner(
  { device, folder, open, router, processes }: WorkParts,
  memory: RunMemory,
  idle: readonly IdleWork[],
): Runner {
  const { keeper, log, tell, config } = device;
  const { bundles, paths } = folder;
  const { reporter } = open.link;
  const context: RunnerContext = {
    ...{ keeper, processes, memory, bundles, router, log, tell },
    fetcher: open.fetcher,
    freeBytes: () => freeBytes(paths.bundles),
    minFreeBytes: config.minFreeDiskMb * MB,
    progress: (have, total) => reporter.progress(have, total),
    room: (forTwo) => reporter.room(forTwo),
  };
  const executors = {
    ...contentExecutors(context),
    ...modelExecutors(context),
    ...judgeExecutors(context),
    ...switchExecutors(context),
  };
  return new Runner(context, executors, {
    ...{ bundles, processes, memory },
    memoryMarginMb: config.limits.memoryMarginMb,
    // Idle work makes way: what it holds must not make it look as if there were no room for two.
    availableMemoryMb: () => idle.reduce((free, { heldMb }) => free + heldMb, availableMemoryMb()),
  });
}

async function openBenchmarks({
  device,
  folder,
  open,
  router,
  processes,
}: WorkParts): Promise<BenchmarkWork> {
  const { config, keeper } = device;
  const { paths, disk } = folder;
  const { link } = open;
  await disk.makeFolder(paths.benchmarkBundles);
  const maxBytes = config.limits.chunkStoreMb * MB;
  const chunks = await ChunkStore.open(paths.benchmarkChunks, { maxBytes, disk });
  const benchmarks = await BenchmarkWork.open({
    ...{ ...device, paths, router, availableMemoryMb },
    connection: link.connection,
    // Chunks of the slots' bundles are not fetched again.
    bundles: new BundleStore(paths.benchmarkBundles, chunks, disk, folder.bundles),
    fetcher: fetchOver(link, device, chunks, BENCHMARK_CHUNKS),
    isAtRest: () => {
      const current = answering(keeper.state.slots.current);
      return isAtRest(keeper.state) && (current === null || processes.of('current', current) !== null);
    },
    now: () => laterOf(new Date(), keeper.state.timeFloor),
  });
  link.listen(benchmarks);
  return benchmarks;
}
