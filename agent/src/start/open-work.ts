import { ChunkStore } from '@hamon/content';
import { BundleStore } from '../adapters/bundle-store.js';
import { BenchmarkWork } from '../benchmark/benchmark-work.js';
import { ReplySender } from '../commands/reply-sender.js';
import { laterOf } from '../core/time-floor.js';
import type { DataPlane } from '../data-plane.js';
import type { IdleWork } from '../idle-work.js';
import type { LogRing } from '../log-ring.js';
import type { Models } from '../runner/models.js';
import type { Device } from './make-device.js';
import { openCommands } from './open-commands.js';
import { openModels } from './open-models.js';
import { fetchOver, type OpenLink } from './open-link.js';
import { openSamples, type OpenSamples } from './open-samples.js';
import type { StateFolder } from './open-state-folder.js';
import type { Releases } from './releases.js';

/** The models' work, and what the device does when none of them has anything to do. */
export interface Work {
  readonly models: Models;
  readonly benchmarks: BenchmarkWork;
  readonly idle: readonly IdleWork[];
  readonly kept: OpenSamples;
  readonly replies: ReplySender;
}

export interface WorkParts {
  readonly device: Device;
  readonly folder: StateFolder;
  readonly open: OpenLink;
  readonly data: DataPlane;
  readonly logLines: LogRing;
  /** Stops the agent in order, for its supervisor to start it again. */
  readonly restart: () => void;
}

const MB = 1024 ** 2;
/** Beside those of a deployment's fetcher, within what the broker lets a device hold. */
const BENCHMARK_CHUNKS = 4;

export async function openWork(parts: WorkParts, releases: Releases): Promise<Work> {
  const idle: IdleWork[] = [];
  const models = openModels({ ...parts, idle: () => idle });
  releases.add(() => models.stop());
  const { device, open } = parts;
  const { fleet, device: id } = device.identity;
  const { link } = open;
  const replies = new ReplySender({ fleet, device: id, connection: link.connection });
  const now = (): Date => laterOf(new Date(), device.keeper.state.timeFloor);
  const benchmarks = await openBenchmarks(parts, models, replies, now);
  idle.push(benchmarks);
  const kept = await openSamples(
    {
      ...parts,
      onChanged: () => link.reporter.changed(),
      isAtRest: () => models.areAtRest,
    },
    releases,
  );
  if (kept.uploader) idle.push(kept.uploader);
  await openCommands({ ...parts, link, benchmarks, replies, now });
  return { models, benchmarks, idle, kept, replies };
}

async function openBenchmarks(
  { device, folder, open, data }: WorkParts,
  models: Models,
  replies: ReplySender,
  now: () => Date,
): Promise<BenchmarkWork> {
  const { config } = device;
  const { paths, disk } = folder;
  const { link } = open;
  await disk.makeFolder(paths.benchmarkBundles);
  const maxBytes = config.limits.chunkStoreMb * MB;
  const chunks = await ChunkStore.open(paths.benchmarkChunks, { maxBytes, disk });
  const benchmarks = await BenchmarkWork.open({
    ...{ ...device, paths },
    activity: data.activity,
    tapsOf: (model) => (data.models.includes(model) ? data.router(model).taps : undefined),
    replies,
    // Chunks of the slots' bundles are not fetched again.
    bundles: new BundleStore(paths.benchmarkBundles, chunks, disk, folder.bundles),
    fetcher: fetchOver(link, device, chunks, BENCHMARK_CHUNKS),
    isAtRest: () => models.areAtRest,
    now,
  });
  link.listen(benchmarks);
  return benchmarks;
}
