import { SourceConfig, type SourceOf } from '@hamon/contracts';
import { readNumber } from '@hamon/testing';
import { pino } from 'pino';
import { Secrets } from '../../../../src/adapters/secrets.js';
import { Conditions } from '../../../../src/conditions.js';
import type { DataEvent } from '../../../../src/data/data-events.js';
import { openFfmpegSource } from '../../../../src/data/sources/ffmpeg/ffmpeg-source.js';
import type { FrameReader, FrameSource } from '../../../../src/data/sources/frame-source.js';
import { openSource } from '../../../../src/data/sources/source-kinds.js';
import type { SourceParts } from '../../../../src/data/sources/source-parts.js';
import { until } from '../../../support/until.js';

export interface SeenFrame {
  readonly number: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

export interface OpenOptions {
  /** By name. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, readonly string[]>>;
  /** Where ffmpeg is looked for. */
  readonly path?: string;
  readonly stateFolder?: string;
}

/** A source as a stream sees it, and all that it told. */
export class OpenedSource {
  readonly events: DataEvent[] = [];
  readonly conditions = new Conditions(
    () => new Date(),
    () => undefined,
  );
  /** Every line of the log. */
  log = '';
  private readonly source: FrameSource;
  private readonly reader: FrameReader;
  private readonly aborter = new AbortController();

  constructor(
    config: object,
    { secrets = {}, programs = {}, path, stateFolder = '/nowhere' }: OpenOptions = {},
  ) {
    const env = Object.entries(secrets).map(([name, value]) => [`HAMON_SECRET_${name.toUpperCase()}`, value]);
    const parts: SourceParts = {
      ...{ stream: 'camera', maxPixels: 24e6, stateFolder, programs },
      secrets: new Secrets('/nowhere', Object.fromEntries(env)),
      onEvent: (event) => void this.events.push(event),
      tellCondition: this.conditions.tell,
      now: () => new Date(),
      log: pino({ level: 'trace' }, { write: (line: string) => void (this.log += line) }),
    };
    const parsed = SourceConfig.parse(config);
    this.source =
      path === undefined
        ? openSource(parsed, parts)
        : openFfmpegSource(parsed as SourceOf<'ffmpeg'>, parts, path);
    this.source.start();
    this.reader = this.source.reader();
  }

  get state() {
    return this.source.state;
  }

  /** What stands now, by its code. */
  trouble(code: string): string | undefined {
    return this.conditions.list().find((condition) => condition.code === code)?.detail;
  }

  async frame(): Promise<SeenFrame> {
    const taken = await this.reader.next(
      AbortSignal.any([this.aborter.signal, AbortSignal.timeout(180_000)]),
    );
    if (taken === null || taken === 'unreadable' || taken.frame.kind !== 'pixels') {
      throw new Error(`no frame came: ${this.told}`);
    }
    const { pixels } = taken.frame;
    return { ...pixels, number: readNumber(pixels) };
  }

  async frames(count: number): Promise<SeenFrame[]> {
    const frames: SeenFrame[] = [];
    while (frames.length < count) frames.push(await this.frame());
    return frames;
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    await until(what, condition, 180_000, () => this.told);
  }

  async failing(): Promise<string> {
    await this.until('it says that it fails', () => this.state.state === 'failing');
    return this.state.detail ?? '';
  }

  /** Everything that people get to see of it. */
  get told(): string {
    return JSON.stringify([this.state, this.events, this.conditions.list(), this.log]);
  }

  async stop(): Promise<void> {
    this.aborter.abort();
    await this.source.stop();
    this.reader.close();
  }
}
