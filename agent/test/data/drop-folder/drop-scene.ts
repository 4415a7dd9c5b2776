import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@hamon/testing';
import { Conditions } from '../../../src/conditions.js';
import type { DataEvent } from '../../../src/data/data-events.js';
import type { FrameFailure, FrameOutcome } from '../../../src/data/frame.js';
import {
  DropFolderSource,
  type DropFolderSourceOptions,
} from '../../../src/data/sources/drop-folder/drop-folder-source.js';
import { UNREADABLE } from '../../../src/data/sources/frame-source.js';
import { CLOUD_RESULT } from '../support/cloud-server.js';
import { image } from '../support/example-models.js';
import { until } from '../../support/until.js';

export interface Seen {
  readonly name: string;
  readonly id: string;
  readonly repeat: boolean;
}

/** Is every file answered; by default, yes. */
export type Answer = (seen: Seen) => FrameFailure['code'] | 'ok';

/** A drop folder with a source on it, and streams that answer what it gives. */
export class DropScene {
  readonly events: DataEvent[] = [];
  readonly conditions = new Conditions(
    () => new Date(),
    () => undefined,
  );
  readonly seen: Seen[] = [];
  unreadable = 0;
  answer: Answer = () => 'ok';
  /** What the sinks' disks take until the answers are safe. */
  kept: () => Promise<void> = () => Promise.resolve();
  source: DropFolderSource;
  private readonly leaving = new AbortController();
  private readonly playing: Promise<void>[] = [];

  private constructor(
    readonly folder: string,
    readonly state: string,
    options: Partial<DropFolderSourceOptions>,
  ) {
    this.source = new DropFolderSource({
      ...{ kind: 'drop-folder', path: folder, after: 'move', settleMs: 150, pollMs: 50, recursive: false },
      firstRestMs: 20,
      ...{ keepFiles: 1000, keepDays: 30, stream: 'line', stateFolder: state },
      onEvent: (event) => void this.events.push(event),
      tellCondition: this.conditions.tell,
      now: () => new Date(),
      ...options,
    });
  }

  static async open(
    options: Partial<DropFolderSourceOptions> = {},
    place?: { readonly folder: string; readonly state: string },
  ): Promise<DropScene> {
    const base = await temporaryFolder();
    const { folder, state } = place ?? { folder: join(base, 'drop'), state: join(base, 'state') };
    if (!place) await mkdir(folder);
    return new DropScene(folder, state, options);
  }

  /** Answers what comes until the scene ends. */
  play(stream = 'line'): this {
    if (this.playing.length === 0) this.source.start();
    this.playing.push(this.run(stream));
    return this;
  }

  /** Its streams end; the source stays as it is. */
  async leave(): Promise<void> {
    this.leaving.abort();
    await Promise.all(this.playing);
  }

  async close(): Promise<void> {
    await this.leave();
    await this.source.stop();
  }

  get names(): string[] {
    return this.seen.map(({ name }) => name);
  }

  get trouble(): string | undefined {
    return this.conditions.list().find(({ code }) => code === 'source-unreadable')?.detail;
  }

  /** As well-behaved uploaders do it. */
  async drop(name: string | Buffer, bytes: Uint8Array = image(0).bytes): Promise<void> {
    const hidden = join(this.folder, `.in-${Math.random()}`);
    await writeFile(hidden, bytes);
    const target = typeof name === 'string' ? join(this.folder, name) : belowFolder(this.folder, name);
    await rename(hidden, target);
  }

  async in(folder: string): Promise<string[]> {
    return (await readdir(join(this.folder, folder)).catch(() => [])).sort();
  }

  done(count: number): Promise<void> {
    return until(
      `${count} files are done`,
      async () => (await this.in('done')).length >= count,
      20_000,
      () => JSON.stringify({ seen: this.seen, events: this.events, trouble: this.trouble }),
    );
  }

  private async run(stream: string): Promise<void> {
    const reader = this.source.reader(stream);
    const { signal } = this.leaving;
    while (!signal.aborted) {
      const taken = await reader.next(signal);
      if (taken === UNREADABLE) this.unreadable += 1;
      if (taken === null || taken === UNREADABLE) continue;
      const { name = '', origin } = taken.frame;
      const seen = { name, id: origin?.id ?? '', repeat: origin?.repeat === true };
      const code = this.answer(seen);
      this.seen.push(seen);
      const outcome: FrameOutcome =
        code === 'ok' ? { ok: true, value: CLOUD_RESULT } : { ok: false, error: { code, detail: code } };
      await taken.settle?.(outcome, this.kept());
    }
    reader.close();
  }
}

export const belowFolder = (folder: string, name: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), name]);
