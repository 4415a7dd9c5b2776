import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@hamon/content';

export interface DiskQueueLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export interface QueuedRecord<Kind extends string> {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}

/** A record with its place in the queue, which is the same after a restart. */
export interface PlacedRecord<Kind extends string> extends QueuedRecord<Kind> {
  readonly name: string;
}

interface Entry<Kind extends string> {
  readonly name: string;
  readonly kind: Kind;
  readonly lengthBytes: number;
  /** Only of records that the disk did not take. */
  readonly bytes?: Uint8Array;
}

interface Incoming<Kind extends string> extends QueuedRecord<Kind> {
  readonly lengthBytes: number;
  readonly added: () => void;
}

export interface DiskQueueOptions<Kind extends string> extends DiskQueueLimits {
  readonly folder: string;
  /** Kinds of records; where the queue is full, the oldest of the first kind go first. */
  readonly kinds: readonly Kind[];
  /** The folder cannot be read or made: what was there is left alone, and records are kept in memory. Else that is thrown. */
  readonly onUnusable?: (cause: Error) => void;
}

/** Written together: a disk makes several of them last for the price of one, and each holds a thread of the process. */
const TOGETHER = 2;

/** Shortages of this process or machine, which pass. */
const SHORTAGE = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

/**
 * What a peer has not confirmed yet, oldest first, a file each: it survives a restart, a power cut once it
 * was added, and a long time without network. Bounded: when it is full the oldest go first, and are counted.
 */
export class DiskQueue<Kind extends string> {
  private readonly entries: Entry<Kind>[] = [];
  private next = 1;
  private usedBytes = 0;
  private droppedCount = 0;
  private readonly incoming: Incoming<Kind>[] = [];
  private incomingBytes = 0;
  private isWriting = false;

  protected constructor(private readonly options: DiskQueueOptions<Kind>) {}

  static async openIn<Kind extends string>(options: DiskQueueOptions<Kind>): Promise<DiskQueue<Kind>> {
    const queue = new DiskQueue(options);
    try {
      await queue.load();
    } catch (cause) {
      if (!options.onUnusable) throw cause;
      options.onUnusable(cause as Error);
    }
    return queue;
  }

  get length(): number {
    return this.entries.length;
  }

  get lengthBytes(): number {
    return this.usedBytes;
  }

  /** Records dropped since the last call. An event about them is a record too, and may drop one more. */
  takeDropped(): number {
    const dropped = this.droppedCount;
    this.droppedCount = 0;
    return dropped;
  }

  /** Resolves once the record lasts, or was dropped. */
  add(record: QueuedRecord<Kind>): Promise<void> {
    const lengthBytes = record.bytes.byteLength;
    const added = new Promise<void>((resolve) =>
      this.incoming.push({ ...record, lengthBytes, added: resolve }),
    );
    this.incomingBytes += lengthBytes;
    this.shrinkIncoming();
    if (!this.isWriting) void this.writeAll();
    return added;
  }

  /** It cannot be sent. */
  async drop(name: string): Promise<void> {
    const { length } = this.entries;
    await this.remove(name);
    this.droppedCount += length - this.entries.length;
  }

  /** The oldest record, or undefined where there is none that can be read now. */
  async peek(): Promise<PlacedRecord<Kind> | undefined> {
    for (;;) {
      const entry = this.entries[0];
      if (!entry) return undefined;
      try {
        const bytes = entry.bytes ?? (await readFile(this.path(entry.name)));
        return { name: entry.name, kind: entry.kind, bytes };
      } catch (cause) {
        // Out of descriptors or memory says nothing about the record: it waits for the next turn.
        if (SHORTAGE.has((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
      }
      // Gone, or on a part of the disk that cannot be read: the others must not wait behind it.
      if (this.forget(entry)) this.droppedCount += 1;
    }
  }

  /** It was confirmed. */
  async remove(name: string): Promise<void> {
    const entry = this.entries.find((candidate) => candidate.name === name);
    if (!entry) return;
    this.forget(entry);
    await rm(this.path(name), { force: true }).catch(() => undefined);
  }

  protected async load(): Promise<void> {
    const { folder, kinds } = this.options;
    const form = new RegExp(`^(\\d{12})-(${kinds.join('|')})$`);
    await mkdir(folder, { recursive: true });
    const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
    for (const name of files.map((file) => file.name).sort()) {
      const match = form.exec(name);
      const { size } = await stat(this.path(name));
      // A record torn by a power cut is worth less than the order of the others.
      if (!match || size === 0) {
        await rm(this.path(name), { force: true });
        continue;
      }
      this.entries.push({ name, kind: match[2] as Kind, lengthBytes: size });
      this.usedBytes += size;
      this.next = Number(match[1]) + 1;
    }
    await this.shrink();
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    while (this.incoming.length > 0) {
      const batch = this.incoming.splice(0, TOGETHER);
      for (const { lengthBytes } of batch) this.incomingBytes -= lengthBytes;
      const entries = await Promise.all(batch.map((record) => this.written(record)));
      for (const entry of entries) this.usedBytes += entry.lengthBytes;
      this.entries.push(...entries);
      await this.shrink();
      for (const { added } of batch) added();
    }
    this.isWriting = false;
  }

  /** Under its name it is whole: a process that is killed meanwhile leaves a part under another one. */
  private async written({ kind, bytes }: QueuedRecord<Kind>): Promise<Entry<Kind>> {
    const name = `${String(this.next).padStart(12, '0')}-${kind}`;
    this.next += 1;
    const isKept = await writeFileAtomically(this.path(name), bytes, 0o600).then(
      () => true,
      () => false,
    );
    // A full disk must not silence the device: such records wait in memory, within the same bounds.
    return { name, kind, lengthBytes: bytes.byteLength, ...(!isKept && { bytes }) };
  }

  private async shrink(): Promise<void> {
    const { maxRecords, maxBytes } = this.options;
    while (this.entries.length > maxRecords || this.usedBytes > maxBytes) {
      const victim = this.firstToGo(this.entries);
      if (!victim) return;
      this.forget(victim);
      this.droppedCount += 1;
      await rm(this.path(victim.name), { force: true }).catch(() => undefined);
    }
  }

  /** A disk that is slower than the records costs records, not memory. */
  private shrinkIncoming(): void {
    const { maxRecords, maxBytes } = this.options;
    while (this.incoming.length > maxRecords || this.incomingBytes > maxBytes) {
      const victim = this.firstToGo(this.incoming);
      if (!victim) return;
      this.incoming.splice(this.incoming.indexOf(victim), 1);
      this.incomingBytes -= victim.lengthBytes;
      this.droppedCount += 1;
      victim.added();
    }
  }

  private firstToGo<Record extends { readonly kind: Kind }>(
    oldestFirst: readonly Record[],
  ): Record | undefined {
    return oldestFirst.find(({ kind }) => kind === this.options.kinds[0]) ?? oldestFirst[0];
  }

  private forget(entry: Entry<Kind>): boolean {
    const place = this.entries.indexOf(entry);
    if (place < 0) return false;
    this.entries.splice(place, 1);
    this.usedBytes -= entry.lengthBytes;
    return true;
  }

  private path(name: string): string {
    return join(this.options.folder, name);
  }
}
