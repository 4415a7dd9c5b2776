import { availableParallelism } from 'node:os';
import type {
  BenchmarkCommand,
  BenchmarkProgress,
  BenchmarkResult,
  CancelCommand,
  BenchmarkReply,
} from '@hamon/contracts';
import type { Logger } from 'pino';
import { benchmarkFile } from '../adapters/benchmark-file.js';
import type { BundleStore } from '../adapters/bundle-store.js';
import { freeBytes } from '../adapters/disk-space.js';
import type { StatePaths } from '../adapters/state-paths.js';
import type { DeviceConfig as AgentConfig } from '@hamon/contracts';
import type { LinkListener } from '../control-link.js';
import { replyTo, type BenchmarkRecord } from '../core/benchmark-record.js';
import { benchmarkStatus, type BenchmarkStatus } from '../core/benchmark-status.js';
import type { ChunkFetcher } from '../core/chunk-fetcher.js';
import type { FrameActivity } from '../data/frame-activity.js';
import { FrameRing } from '../data/frame-ring.js';
import type { FrameTaps } from '../data/frame-taps.js';
import { Emitter } from '../emitter.js';
import type { IdleWork } from '../idle-work.js';
import type { MachineMonitor } from '../machine/machine-monitor.js';
import { StateKeeper } from '../state-keeper.js';
import { BenchmarkOrders } from './benchmark-orders.js';
import { BenchmarkRunner, type OpenBenchmark } from './benchmark-runner.js';
import type { CommandHandler } from '../commands/command-handler.js';
import type { ReplySender } from '../commands/reply-sender.js';
import { installSubjects } from './install-subjects.js';
import { measureVersion, stepsOf } from './measure-version.js';
import { MemoryGuard } from './memory-guard.js';

export interface BenchmarkWorkOptions {
  readonly config: AgentConfig;
  readonly paths: StatePaths;
  readonly replies: ReplySender;
  /** For bundles that are only measured, apart from the slots'. */
  readonly bundles: BundleStore;
  readonly fetcher: ChunkFetcher;
  /** When frames are at work, of whichever model. */
  readonly activity: FrameActivity;
  /** Frames of one model; undefined where the device does not have it. */
  readonly tapsOf: (model: string) => Pick<FrameTaps, 'open'> | undefined;
  readonly isAtRest: () => boolean;
  readonly machine: Pick<MachineMonitor, 'resources'>;
  readonly availableMemoryMb: () => number;
  /** The later of the machine's clock and its time floor. */
  readonly now: () => Date;
  readonly log: Logger;
}

const MB = 1024 ** 2;
/** At ten frames a second the ring is full before; where none come there are the golden images. */
const FRAMES_WAIT_MS = 10_000;
const FRAMES = { maxFrames: 64, maxBytes: 16 * MB };

/** Everything about benchmarks on this device: from the command to the reply, out of the way of its deployments. */
export class BenchmarkWork implements IdleWork, LinkListener {
  private readonly ring = new FrameRing(FRAMES);
  /** Who takes its commands. */
  readonly orders: CommandHandler<BenchmarkCommand | CancelCommand>;
  private readonly runner: BenchmarkRunner;
  private readonly memory: MemoryGuard;
  private progress: BenchmarkProgress | null = null;
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: BenchmarkWorkOptions,
    private readonly keeper: StateKeeper<BenchmarkRecord>,
  ) {
    const { config, replies, isAtRest, availableMemoryMb, now, log } = options;
    const { memoryMarginMb: marginMb } = config.limits;
    this.memory = new MemoryGuard({ availableMb: availableMemoryMb, marginMb });
    replies.tellOf({ standing: () => this.standing(), onTold: (id) => void this.told(id) });
    this.orders = new BenchmarkOrders({
      ...{ keeper, now },
      answer: (reply) => replies.answer(reply),
      tellStanding: () => replies.changed(),
    });
    this.runner = new BenchmarkRunner({
      ...{ keeper, isAtRest, now, log },
      measure: (open, onProgress, signal) => this.measure(open, onProgress, signal),
      cleanUp: () => options.bundles.collect(() => ({ bundles: new Set(), wanted: [] })),
      onProgress: (progress) => {
        this.progress = progress;
        replies.changed();
      },
    });
  }

  static async open(options: BenchmarkWorkOptions): Promise<BenchmarkWork> {
    const file = benchmarkFile(options.paths.benchmarkRecord);
    const recordChanged = new Emitter();
    const keeper = new StateKeeper(await file.load(), file, recordChanged.emit);
    const work = new BenchmarkWork(options, keeper);
    recordChanged.on(() => work.recordChanged());
    return work;
  }

  start(): void {
    this.running = this.runner.run();
  }

  /** Rejects where the runner met a bug; settles after `stop`. */
  get ended(): Promise<void> {
    return this.running;
  }

  /** Memory that comes free as soon as the device has something better to do. */
  get heldMb(): number {
    return this.memory.heldMb;
  }

  /** The open benchmark and how far it is. */
  get status(): BenchmarkStatus | null {
    return benchmarkStatus(this.keeper.state, this.progress);
  }

  /** The device's own work changed. */
  wake(): void {
    this.runner.wake();
  }

  async stop(): Promise<void> {
    this.runner.stop();
    await this.running.catch(() => undefined);
  }

  connected(): void {
    const { open, told } = this.keeper.state;
    if (open || !told) this.options.replies.changed();
    else this.options.replies.kick();
  }

  disconnected(): void {
    // What could not be sent is sent on the next connection.
  }

  receive(): void {
    // Commands come by their inbox.
  }

  private standing(): BenchmarkReply | null {
    const { open, last } = this.keeper.state;
    if (!open) return last;
    const { progress } = this;
    return replyTo(open.command, { state: progress ? 'running' : 'accepted', progress }, new Date());
  }

  private recordChanged(): void {
    const { open } = this.keeper.state;
    if (!open) this.progress = null;
    this.options.replies.changed();
    this.runner.wake();
  }

  private async told(id: string): Promise<void> {
    await this.keeper.force((record) =>
      record.last?.id === id && !record.open && !record.told ? { ...record, told: true } : record,
    );
  }

  private async measure(
    { command }: OpenBenchmark,
    onProgress: (progress: BenchmarkProgress) => void,
    signal: AbortSignal,
  ): Promise<readonly BenchmarkResult[]> {
    const { paths, config, activity, tapsOf, bundles, fetcher, machine } = this.options;
    const { benchmark: task } = command;
    const cores = availableParallelism();
    const { length } = task.variants;
    const total = length + stepsOf(task.plan, length, cores);
    let done = 0;
    const step = (text: string): void => {
      onProgress({ done: Math.min(done, total), total, step: text });
      done += 1;
    };
    const closeTap = tapsOf(task.model)?.open((frame, bytes) => this.ring.add(frame, bytes));
    try {
      step('fetching the bundles');
      const subjects = await installSubjects(
        task,
        {
          ...{ bundles, fetcher },
          freeBytes: () => freeBytes(paths.benchmarkBundles),
          minFreeBytes: config.minFreeDiskMb * MB,
          onInstalled: (variant) => step(`${variant} is there`),
        },
        signal,
      );
      return await measureVersion(subjects, {
        plan: task.plan,
        memory: this.memory,
        activity,
        frames: (count) => this.ring.gather(count, FRAMES_WAIT_MS, signal),
        cores,
        loadTimeoutMs: config.limits.loadTimeoutSeconds * 1000,
        executionProviders: machine.resources.models[task.model]?.executionProviders,
        signal,
        onStep: step,
      });
    } finally {
      closeTap?.();
      this.ring.clear();
    }
  }
}
