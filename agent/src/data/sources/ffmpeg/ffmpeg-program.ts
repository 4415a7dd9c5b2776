import { stat } from 'node:fs/promises';
import type { Result } from '@hamon/contracts';
import { findProgram } from '../../../adapters/find-program.js';
import { programOutput } from '../../../adapters/program-output.js';
import type { Fault } from '../program/fault.js';
import { ffmpegVersion, isAtLeast, OLDEST_FFMPEG, type FfmpegVersion } from './ffmpeg-version.js';

export interface FoundFfmpeg {
  readonly program: string;
  readonly version: FfmpegVersion;
}

const OLDEST = `${OLDEST_FFMPEG.major}.${OLDEST_FFMPEG.minor}`;

/** The machine's own ffmpeg; it may be installed, updated or taken away while the agent runs. */
export class FfmpegProgram {
  private known: { readonly stamp: string; readonly found: FoundFfmpeg } | undefined;

  /** @param path folders to look in, as in the variable PATH */
  constructor(private readonly path: string | undefined = process.env['PATH']) {}

  async find(): Promise<Result<FoundFfmpeg, Fault>> {
    const program = await findProgram('ffmpeg', this.path);
    if (program === undefined) return broken('there is no ffmpeg on this machine: apt-get install ffmpeg');
    const stamp = await stampOf(program);
    if (this.known?.stamp === stamp) return { ok: true, value: this.known.found };
    const output = await programOutput(program, ['-version']);
    const version = output === null ? undefined : ffmpegVersion(output);
    if (!version) return broken(`${program} does not say its version as ffmpeg does: install ffmpeg anew`);
    if (!isAtLeast(version, OLDEST_FFMPEG.major, OLDEST_FFMPEG.minor)) {
      const { major, minor } = version;
      return broken(`${program} is ffmpeg ${major}.${minor}, which is too old: install ${OLDEST} or newer`);
    }
    this.known = { stamp, found: { program, version } };
    return { ok: true, value: this.known.found };
  }
}

async function stampOf(program: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(program);
  return `${program} ${mtimeMs} ${size} ${ino}`;
}

const broken = (detail: string): Result<never, Fault> => ({ ok: false, error: { kind: 'broken', detail } });
