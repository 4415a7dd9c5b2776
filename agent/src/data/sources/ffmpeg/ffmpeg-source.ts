import { access } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Result, SourceOf } from '@hamon/contracts';
import type { Pixels } from '@hamon/inference';
import type { ProgramEnd } from '../../../adapters/frame-program.js';
import { reach } from '../../../adapters/reach.js';
import type { SourceParts } from '../source-parts.js';
import type { Fault } from '../program/fault.js';
import type { CutFrame } from '../program/frame-cutter.js';
import type { ProgramKind, ProgramRun } from '../program/program-kind.js';
import { ProgramSource } from '../program/program-source.js';
import { endOf } from '../program/end-of.js';
import { ffmpegArguments, sourceSize } from './ffmpeg-arguments.js';
import { ffmpegFault } from './ffmpeg-faults.js';
import { ffmpegPlace, networkPlace } from './ffmpeg-place.js';
import { FfmpegProgram } from './ffmpeg-program.js';
import { reachFault } from './reach-fault.js';

type FfmpegSource = SourceOf<'ffmpeg'>;

const REACH_MS = 2000;

/** @param path where ffmpeg is looked for, as in the variable PATH */
export const openFfmpegSource = (config: FfmpegSource, parts: SourceParts, path?: string): ProgramSource =>
  new ProgramSource(new FfmpegKind(config, parts.secrets, new FfmpegProgram(path)), config, parts);

/** A camera, a file or a test picture, decoded by the machine's own ffmpeg. */
class FfmpegKind implements ProgramKind {
  readonly place: string;

  constructor(
    private readonly config: FfmpegSource,
    private readonly secrets: SourceParts['secrets'],
    private readonly ffmpeg: FfmpegProgram,
  ) {
    this.place = ffmpegPlace(config);
  }

  async prepare(signal: AbortSignal): Promise<Result<ProgramRun, Fault>> {
    const { config } = this;
    const found = await this.ffmpeg.find();
    if (!found.ok) return found;
    // Asking costs less than to start ffmpeg in vain, as long as a camera is away.
    const absent = await this.absence(signal);
    if (absent) return { ok: false, error: absent };
    const password = config.password ? await this.secrets.resolve(config.password) : undefined;
    const { program, version } = found.value;
    const { args, list } = ffmpegArguments(config, version, password);
    const path = config.url === undefined ? '' : networkPlace(config.url).path;
    return {
      ok: true,
      value: {
        ...{ program, args, form: 'pnm', looksAt: changeOfSize(config) },
        ...(list !== undefined && { input: list }),
        secrets: [...(password === undefined ? [] : [password]), path],
      },
    };
  }

  toPixels({ pixels, width, height, channels }: CutFrame): Pixels {
    return { data: pixels, width, height, channels };
  }

  faultOf(end: ProgramEnd): Fault {
    return ffmpegFault(end.lines, this.place, end.code === 0 ? 'had no more frames' : endOf(end));
  }

  private async absence(signal: AbortSignal): Promise<Fault | undefined> {
    const { url, device, file } = this.config;
    const path = device ?? file;
    if (path !== undefined)
      return access(path).then(
        () => undefined,
        () => this.noFile(path),
      );
    if (url === undefined) return undefined;
    const { host, port } = networkPlace(url);
    // A name would be looked up by one of four threads, for all of which a server of names that is away takes too long.
    if (isIP(host) === 0) return undefined;
    const why = await reach(host, port, REACH_MS, signal);
    return why === undefined ? undefined : reachFault(why, this.place);
  }

  private noFile(path: string): Fault {
    const isDevice = this.config.device !== undefined;
    const detail = `there is no ${path}${isDevice ? ': is the camera plugged in?' : ''}`;
    return { kind: isDevice ? 'absent' : 'broken', detail };
  }
}

/**
 * ffmpeg goes on with the size that it began with and stretches what comes to it. That is as it is wanted where a size is
 * configured; otherwise it is begun anew.
 */
function changeOfSize({ width, pattern }: FfmpegSource): (line: string) => string | undefined {
  let first: string | undefined;
  return (line) => {
    const size = width === undefined && pattern === undefined ? sourceSize(line) : undefined;
    if (!size) return undefined;
    const now = `${size.width}×${size.height}`;
    first ??= now;
    return first === now ? undefined : `the camera's picture is ${now} now, no longer ${first}`;
  };
}
