import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type RecordKind = 'event' | 'telemetry';

export interface OutboxLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export interface OutboxRecord {
  readonly kind: RecordKind;
  readonly bytes: Uint8Array;
}

interface Entry {
  readonly name: string;
  readonly kind: RecordKind;
  readonly lengthBytes: number;
  /** Only of records that the disk did not take. */
  readonly bytes?: Uint8Array;
}

const DEFAULT_LIMITS: OutboxLimits = { maxRecords: 2000, maxBytes: 16 * 1024 ** 2 };
/** Shortages of this process or machine, which pass. */
const SHORTAGE = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);
const NAME = /^(\d{12})-(event|telemetry)$/;

/**
 * What the control plane has not confirmed yet, oldest first, on disk: it survives a restart and a long time without
 * network. Bounded: when it is full the oldest windows go first and are counted, then the oldest events.
 */
export class Outbox {
  private readonly entries: Entry[] = [];
  private next = 1;
  private usedBytes = 0;
  private droppedCount = 0;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly limits: OutboxLimits,
  ) {}

  static async open(folder: string, limits: OutboxLimits = DEFAULT_LIMITS): Promise<Outbox> {
    const outbox = new Outbox(folder, limits);
    await mkdir(folder, { recursive: true });
    const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
    for (const name of files.map((file) => file.name).sort()) {
      const match = NAME.exec(name);
      const { size } = await stat(join(folder, name));
      // A record torn by a power cut is worth less than the order of the others.
      if (!match || size === 0) {
        await rm(join(folder, name), { force: true });
        continue;
      }
      outbox.entries.push({ name, kind: match[2] as RecordKind, lengthBytes: size });
      outbox.usedBytes += size;
      outbox.next = Number(match[1]) + 1;
    }
    return outbox;
  }

  get length(): number {
    return this.entries.length;
  }

  /** Records dropped since the last call. An event about them is a record too, and may drop one more. */
  takeDropped(): number {
    const dropped = this.droppedCount;
    this.droppedCount = 0;
    return dropped;
  }

  add({ kind, bytes }: OutboxRecord): Promise<void> {
    this.writing = this.writing.then(() => this.append(kind, bytes));
    return this.writing;
  }

  /** It cannot be sent. */
  async drop(name: string): Promise<void> {
    const { length } = this.entries;
    await this.remove(name);
    this.droppedCount += length - this.entries.length;
  }

  /** The oldest record, or undefined where there is none that can be read now. */
  async peek(): Promise<(OutboxRecord & { readonly name: string }) | undefined> {
    for (;;) {
      const entry = this.entries[0];
      if (!entry) return undefined;
      try {
        const bytes = entry.bytes ?? (await readFile(join(this.folder, entry.name)));
        return { name: entry.name, kind: entry.kind, bytes };
      } catch (cause) {
        // Out of descriptors or memory says nothing about the record: it waits for the next turn.
        if (SHORTAGE.has((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
      }
      // Gone, or on a part of the disk that cannot be read: the others must not wait behind it.
      this.forget(entry);
      this.droppedCount += 1;
    }
  }

  /** It was confirmed. */
  async remove(name: string): Promise<void> {
    const entry = this.entries.find((candidate) => candidate.name === name);
    if (!entry) return;
    this.forget(entry);
    await rm(join(this.folder, name), { force: true }).catch(() => undefined);
  }

  private async append(kind: RecordKind, bytes: Uint8Array): Promise<void> {
    const name = `${String(this.next).padStart(12, '0')}-${kind}`;
    this.next += 1;
    const isKept = await writeFile(join(this.folder, name), bytes).then(
      () => true,
      () => false,
    );
    // A full disk must not silence the device: such records wait in memory, within the same bounds.
    if (!isKept) await rm(join(this.folder, name), { force: true }).catch(() => undefined);
    this.entries.push({ name, kind, lengthBytes: bytes.byteLength, ...(!isKept && { bytes }) });
    this.usedBytes += bytes.byteLength;
    await this.shrink();
  }

  private async shrink(): Promise<void> {
    while (this.entries.length > this.limits.maxRecords || this.usedBytes > this.limits.maxBytes) {
      const victim = this.entries.find(({ kind }) => kind === 'telemetry') ?? this.entries[0];
      if (!victim) return;
      this.forget(victim);
      this.droppedCount += 1;
      await rm(join(this.folder, victim.name), { force: true }).catch(() => undefined);
    }
  }

  private forget(entry: Entry): void {
    const place = this.entries.indexOf(entry);
    if (place < 0) return;
    this.entries.splice(place, 1);
    this.usedBytes -= entry.lengthBytes;
  }
}
