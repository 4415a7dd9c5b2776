import { digestOf } from '@hamon/content';
import {
  MAX_SAMPLE_PICTURE_BYTES,
  type Region,
  type SampleMeta,
  type SampleReason,
  type StreamConfig,
} from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';
import type { AnsweredFrame } from '../data/answered-frame.js';
import type { OnDataEvent } from '../data/data-events.js';
import type { Frame } from '../data/frame.js';
import type { SecondOpinion } from '../data/second-opinion.js';
import { chooseReasons, type SampleFacts } from './choose-reasons.js';
import type { DailyCounts } from './daily-counts.js';
import { disagree } from './disagree.js';
import { fittedMeta } from './fitted-meta.js';
import { lotOf } from './lot-of.js';
import { SampleQueue, type SampleJob } from './sample-queue.js';
import { samplePicture } from './sample-picture.js';
import type { SampleStore } from './sample-store.js';

export interface SamplesOptions {
  readonly device: string;
  readonly store: SampleStore;
  readonly counts: DailyCounts;
  readonly streamOf: (stream: string) => StreamConfig | undefined;
  /** What nobody is to recognise, in pixels of the stream's source: its own configuration may say less than its parents'. */
  readonly blurOf: (stream: string) => readonly Region[];
  readonly onEvent: OnDataEvent;
  /** There are others than before, or fewer wait to be sent. A report goes with each window, and an idle device has none. */
  readonly onChanged?: () => void;
  readonly now: () => Date;
}

/** `busy`: pictures came faster than they are written; `noRoom`: by the quota or the disk; `failed`: the disk, or no image. */
export type SampleLoss = 'busy' | 'noRoom' | 'failed';

type Known = Partial<{ record: AnsweredFrame['record']; opinion: SecondOpinion }>;

const TIDY_MS = 600_000;
const TELL_MS = 20_000;

/** Decides which answered pictures are kept, and keeps them, one after the other beside the frames. */
export class Samples {
  private readonly queue: SampleQueue;
  /** Gone with the frames themselves. Several streams may look at one. */
  private readonly frames = new WeakMap<Frame, Map<string, Known>>();
  private readonly drifting = new Set<string>();
  private readonly keptCounts = new Map<string, number>();
  private readonly lossCounts: Record<SampleLoss, number> = { busy: 0, noRoom: 0, failed: 0 };
  private readonly tidying: NodeJS.Timeout;
  private readonly telling: NodeJS.Timeout;
  private told = '';
  private isInTrouble = false;

  constructor(private readonly options: SamplesOptions) {
    this.queue = new SampleQueue((job) => this.write(job));
    this.tidying = setInterval(() => void this.tidy(), TIDY_MS).unref();
    void this.tidy();
    this.telling = setInterval(() => this.tell(), TELL_MS).unref();
  }

  get store(): SampleStore {
    return this.options.store;
  }

  get lost(): Readonly<Record<SampleLoss, number>> {
    return { ...this.lossCounts };
  }

  /** By `STREAM REASON`. */
  get kept(): ReadonlyMap<string, number> {
    return this.keptCounts;
  }

  /** The stream's pictures have changed, or are as they were. */
  setDrift(stream: string, isStanding: boolean): void {
    if (isStanding) this.drifting.add(stream);
    else this.drifting.delete(stream);
  }

  /** A frame has its answer. */
  answered({ frame, record }: AnsweredFrame): void {
    const config = this.options.streamOf(record.stream);
    if (!config?.samples || frame.kind === 'tensor' || isNoPicture(record)) return;
    const known = this.knownOf(frame, record.stream);
    known.record = record;
    this.consider(frame, record, config, {
      ...this.factsOf(record, config, known.opinion),
      isDefect: record.verdict === 'defect',
      isDrifting: this.drifting.has(record.stream),
      lot: lotOf(record.stream, record.id),
    });
  }

  /** Somebody else answered it too. */
  secondOpinion(opinion: SecondOpinion): void {
    const { frame, stream } = opinion;
    const config = this.options.streamOf(stream);
    if (!config?.samples || frame.kind === 'tensor') return;
    const known = this.knownOf(frame, stream);
    known.opinion = opinion;
    if (!known.record) return;
    const facts = { ...this.factsOf(known.record, config, opinion), ...UNCHANGED };
    this.consider(frame, known.record, config, facts);
  }

  /** Settles when what was to be kept is kept. */
  async close(): Promise<void> {
    clearInterval(this.tidying);
    clearInterval(this.telling);
    await this.queue.close();
    await this.store.close();
  }

  private knownOf(frame: Frame, stream: string): Known {
    const streams = this.frames.get(frame) ?? new Map<string, Known>();
    this.frames.set(frame, streams);
    const known = streams.get(stream) ?? {};
    streams.set(stream, known);
    return known;
  }

  private factsOf(
    { result }: AnsweredFrame['record'],
    { defect }: StreamConfig,
    opinion: SecondOpinion | undefined,
  ): Pick<SampleFacts, 'confidence' | 'disagreements'> {
    if (!result) return { confidence: null, disagreements: [] };
    // What a shadow is unsure of is its own matter; what the edge is unsure of is why the cloud was asked.
    const both = opinion?.kind === 'edge-cloud' ? [result, opinion.result] : [result];
    const confidences = both.flatMap(({ task, output }) => taskNamed(task).confidence(output) ?? []);
    return {
      confidence: confidences.length > 0 ? Math.min(...confidences) : null,
      disagreements: opinion && disagree(result, opinion.result, defect) ? [opinion.kind] : [],
    };
  }

  private consider(
    frame: Exclude<Frame, { kind: 'tensor' }>,
    record: AnsweredFrame['record'],
    { samples: policy = {} }: StreamConfig,
    facts: SampleFacts,
  ): void {
    const { blurOf, counts, now } = this.options;
    const { id, stream } = record;
    const pending = this.queue.find(id);
    const told = pending?.reasons ?? [];
    const reasons = chooseReasons(policy, facts, counts.of(stream, now())).filter(
      (reason) => !told.includes(reason),
    );
    if (reasons.length === 0) return;
    const { opinion } = this.knownOf(frame, stream);
    const other = facts.disagreements.length > 0 ? opinion?.result : undefined;
    const giveBack = counts.add(stream, reasons, now());
    if (pending) {
      pending.reasons.push(...reasons);
      pending.other ??= other;
      pending.givesBack.push(giveBack);
    } else if (this.store.has(id) || this.queue.isSealed(id)) void this.amend(id, reasons, other, giveBack);
    else {
      const { confidence } = facts;
      const blur = blurOf(stream);
      if (!this.queue.add({ frame, record, blur, reasons, other, confidence, givesBack: [giveBack] })) {
        this.lossCounts.busy += 1;
        giveBack();
        return;
      }
    }
    for (const reason of reasons) this.count(stream, reason);
  }

  private count(stream: string, reason: SampleReason): void {
    const key = `${stream} ${reason}`;
    this.keptCounts.set(key, (this.keptCounts.get(key) ?? 0) + 1);
  }

  private async amend(
    id: string,
    reasons: readonly SampleReason[],
    other: SampleMeta['other'],
    giveBack: () => void,
  ): Promise<void> {
    const amended = await this.store
      .amend(id, (meta) =>
        fittedMeta({
          ...meta,
          reasons: [...new Set([...meta.reasons, ...reasons])],
          ...(other && !meta.other && { other }),
        }),
      )
      .catch((cause: unknown) => this.fail('failed', cause));
    if (!amended) giveBack();
  }

  private async write(job: SampleJob): Promise<void> {
    try {
      const picture = await samplePicture(job.frame, job.blur);
      const { bytes } = picture;
      const isFit = bytes.byteLength <= MAX_SAMPLE_PICTURE_BYTES;
      const meta = this.metaOf(job, picture, digestOf(bytes));
      this.queue.seal(job);
      const outcome = isFit ? await this.store.add(meta, bytes) : 'no-room';
      if (outcome !== 'no-room') {
        this.isInTrouble = false;
        return;
      }
      this.fail('noRoom', new Error('there is no room for them'));
      // What is too long counts: the next ones would cost the same work, all day, for nothing.
      if (isFit) giveBack(job);
    } catch (cause) {
      this.fail('failed', cause);
      giveBack(job);
    }
  }

  private metaOf(
    { record, reasons, other, confidence }: SampleJob,
    { bytes, mediaType, size, blurred }: Awaited<ReturnType<typeof samplePicture>>,
    sha256: string,
  ): SampleMeta {
    const { id, at, stream, takenAt, frame, verdict, result, region } = record;
    const { model, version, variant, task } = result ?? {};
    return fittedMeta({
      schema: 'hamon.sample/1',
      ...{ id, device: this.options.device, stream, at },
      ...(takenAt !== undefined && { takenAt }),
      ...{ reasons: [...reasons], sha256, bytes: bytes.byteLength, mediaType, size, blurred },
      ...(region && { region }),
      ...(frame !== undefined && { frame }),
      ...(verdict && { verdict }),
      ...(confidence !== null && { confidence }),
      ...(model && version && variant && task && { answeredBy: { model, version, variant, task } }),
      ...(result && { result }),
      ...(other && { other }),
    });
  }

  private tell(): void {
    const { count, bytes, unsent } = this.store;
    const now = [count, bytes, unsent].join();
    if (now !== this.told) this.options.onChanged?.();
    this.told = now;
  }

  private async tidy(): Promise<void> {
    await this.store.tidy().catch((cause: unknown) => this.fail('failed', cause));
  }

  private fail(loss: SampleLoss, cause: unknown): void {
    this.lossCounts[loss] += 1;
    if (this.isInTrouble) return;
    this.isInTrouble = true;
    const detail = `pictures are not kept: ${(cause as Error).message}`;
    this.options.onEvent({ kind: 'records-dropped', detail: detail.slice(0, 500) });
  }
}

/** Its place in the day's numbers: others have it. */
const giveBack = ({ givesBack }: SampleJob): void => givesBack.forEach((give) => give());

/** What does not decode can be neither blurred nor looked at. */
const isNoPicture = ({ error }: AnsweredFrame['record']): boolean => error?.code === 'undecodable';

/** Was looked at when the frame was answered. */
const UNCHANGED = { isDefect: false, isDrifting: false, lot: 1 };
