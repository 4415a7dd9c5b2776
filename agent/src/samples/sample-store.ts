import type { SampleMeta, SampleQuota } from '@hamon/contracts';
import { entryOf, metaBytesOf, type KeptSample, type SampleEntry } from './kept-sample.js';
import type { SampleFiles } from './sample-files.js';

export interface SampleStoreOptions {
  readonly files: SampleFiles;
  /** As the configuration says now. */
  readonly quota: () => SampleQuota;
  /** Bytes that may still be written where the samples are. */
  readonly freeBytes: () => Promise<number>;
  readonly now: () => Date;
}

/** `no-room`: less would stay free on the disk than is asked for, however much of the samples went. */
export type AddOutcome = 'kept' | 'known' | 'no-room';

export interface SampleQuery {
  readonly limit: number;
  /** A key: samples before it in time follow. */
  readonly after?: string | undefined;
  readonly stream?: string | undefined;
}

const MB = 1024 ** 2;
const DAY_MS = 86_400_000;
/** Each costs some memory for as long as it is kept. */
const MOST_SAMPLES = 50_000;
/** A file takes whole blocks of its disk. */
const BLOCK_BYTES = 4096;

/** The pictures that this device keeps, oldest first, within their quota in bytes and days. One change at a time. */
export class SampleStore {
  /** In order of time. */
  private entries: SampleEntry[] = [];
  private readonly ids = new Map<string, SampleEntry>();
  private readonly uses = new Map<string, number>();
  private usedBytes = 0;
  private removedCount = 0;
  private changing: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: SampleStoreOptions) {}

  /** @param onFound told of each sample that is there already */
  static async open(
    options: SampleStoreOptions,
    onFound: (sample: KeptSample) => void = () => undefined,
  ): Promise<SampleStore> {
    const store = new SampleStore(options);
    await options.files.open((sample, entry) => {
      store.insert(entry);
      onFound(sample);
    });
    return store;
  }

  get count(): number {
    return this.entries.length;
  }

  get bytes(): number {
    return this.usedBytes;
  }

  /** Samples that made room for others, or were too old. */
  get removed(): number {
    return this.removedCount;
  }

  /** Neither sent nor refused. */
  get unsent(): number {
    return this.entries.reduce((sum, { isOpen }) => sum + Number(isOpen), 0);
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** @throws what the system says of the disk; nothing of the sample is left then */
  add(meta: SampleMeta, picture: Uint8Array): Promise<AddOutcome> {
    return this.inTurn(() => this.append(meta, picture));
  }

  /** More was learnt about a sample that is kept. Undefined where it is gone, or was sent as it was. */
  amend(id: string, change: (meta: SampleMeta) => SampleMeta): Promise<SampleMeta | undefined> {
    return this.change(id, (sample) =>
      sample.uploadedAt === null ? { ...sample, meta: change(sample.meta) } : sample,
    ).then((changed) => (changed?.uploadedAt === null ? changed.meta : undefined));
  }

  async markUploaded(id: string): Promise<void> {
    await this.change(id, (sample) => ({ ...sample, uploadedAt: this.options.now().toISOString() }));
  }

  /** The control plane does not want it. */
  async markRefused(id: string, why: string): Promise<void> {
    await this.change(id, (sample) => ({ ...sample, refused: why.slice(0, 500) }));
  }

  /** The earliest that is neither sent nor refused. */
  nextUnsent(isFit: (entry: SampleEntry) => boolean): SampleEntry | undefined {
    return this.entries.find((entry) => entry.isOpen && isFit(entry));
  }

  async read(entry: SampleEntry): Promise<KeptSample | undefined> {
    return this.options.files.read(entry.key);
  }

  async picture(entry: SampleEntry): Promise<Uint8Array | undefined> {
    return this.options.files.picture(entry);
  }

  find(id: string): SampleEntry | undefined {
    return this.ids.get(id);
  }

  /** Newest first; `next` is where the following page begins. */
  page({ limit, after, stream }: SampleQuery): {
    readonly entries: SampleEntry[];
    readonly next: string | null;
  } {
    const found: SampleEntry[] = [];
    for (let i = this.entries.length - 1; i >= 0; i -= 1) {
      const entry = this.entries[i] as SampleEntry;
      if (after !== undefined && entry.key >= after) continue;
      if (stream !== undefined && entry.stream !== stream) continue;
      if (found.length === limit) return { entries: found, next: found.at(-1)?.key ?? null };
      found.push(entry);
    }
    return { entries: found, next: null };
  }

  /** Removes what is too old, what a smaller quota has no room for, and what stands in the way of others. */
  tidy(): Promise<void> {
    return this.inTurn(async () => {
      await this.keepQuota(0);
      await this.freeFor(0);
    });
  }

  /** Settles when no change is under way. */
  async close(): Promise<void> {
    await this.changing;
  }

  private async append(meta: SampleMeta, picture: Uint8Array): Promise<AddOutcome> {
    if (this.ids.has(meta.id)) return 'known';
    const { files } = this.options;
    const sample: KeptSample = { schema: 'hamon.kept-sample/1', meta, uploadedAt: null, refused: null };
    const isNewPicture = !this.uses.has(meta.sha256);
    const needed = onDisk(metaBytesOf(sample)) + (isNewPicture ? onDisk(meta.bytes) : 0);
    if (needed > this.options.quota().maxMb * MB) return 'no-room';
    await this.keepQuota(needed);
    if (!(await this.freeFor(needed))) return 'no-room';
    // Room may have been made by the very picture.
    if (!this.uses.has(meta.sha256)) await files.writePicture(meta.sha256, picture);
    try {
      this.insert(entryOf(sample, await files.writeMeta(sample)));
    } catch (cause) {
      if (!this.uses.has(meta.sha256)) await files.removePicture(meta.sha256).catch(() => undefined);
      throw cause;
    }
    return 'kept';
  }

  private change(id: string, change: (sample: KeptSample) => KeptSample): Promise<KeptSample | undefined> {
    return this.inTurn(async () => {
      const entry = this.ids.get(id);
      const sample = entry && (await this.options.files.read(entry.key));
      if (!entry || !sample) return undefined;
      const changed = change(sample);
      if (changed === sample) return sample;
      const metaBytes = await this.options.files.writeMeta(changed);
      this.forget(entry);
      this.insert(entryOf(changed, metaBytes));
      return changed;
    });
  }

  private async keepQuota(needed: number): Promise<void> {
    const { maxMb, maxDays } = this.options.quota();
    const oldestMs = this.options.now().getTime() - maxDays * DAY_MS;
    const isOver = (first: SampleEntry): boolean =>
      first.atMs < oldestMs || this.usedBytes + needed > maxMb * MB || this.entries.length >= MOST_SAMPLES;
    for (let first = this.entries[0]; first && isOver(first); first = this.entries[0])
      await this.remove(first);
  }

  /** Pictures give way to whatever else needs the disk, the oldest first. */
  private async freeFor(needed: number): Promise<boolean> {
    const { minFreeMb } = this.options.quota();
    for (;;) {
      if ((await this.options.freeBytes()) - needed >= minFreeMb * MB) return true;
      const [first] = this.entries;
      if (!first) return false;
      await this.remove(first);
    }
  }

  private async remove(entry: SampleEntry): Promise<void> {
    const { files } = this.options;
    this.forget(entry);
    this.removedCount += 1;
    // A picture without metadata is swept at the next start; metadata without a picture would promise one.
    await files.removeMeta(entry.key);
    if (!this.uses.has(entry.sha256)) await files.removePicture(entry.sha256);
  }

  private insert(entry: SampleEntry): void {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.entries[middle] as SampleEntry).key < entry.key) low = middle + 1;
      else high = middle;
    }
    this.entries.splice(low, 0, entry);
    this.ids.set(entry.id, entry);
    const uses = this.uses.get(entry.sha256) ?? 0;
    this.uses.set(entry.sha256, uses + 1);
    this.usedBytes += onDisk(entry.metaBytes) + (uses === 0 ? onDisk(entry.bytes) : 0);
  }

  private forget(entry: SampleEntry): void {
    const place = this.entries.indexOf(entry);
    if (place < 0) return;
    this.entries.splice(place, 1);
    this.ids.delete(entry.id);
    const uses = (this.uses.get(entry.sha256) ?? 1) - 1;
    if (uses > 0) this.uses.set(entry.sha256, uses);
    else this.uses.delete(entry.sha256);
    this.usedBytes -= onDisk(entry.metaBytes) + (uses > 0 ? 0 : onDisk(entry.bytes));
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.changing.then(work);
    this.changing = turn.catch(() => undefined);
    return turn;
  }
}

const onDisk = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
