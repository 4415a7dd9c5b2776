import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { streamsOf } from '@hamon/contracts';
import { ffmpegVersion, isAtLeast, OLDEST_FFMPEG } from '../../data/sources/ffmpeg/ffmpeg-version.js';
import type { Check } from '../check.js';
import { fail, ok, skip, type Finding } from '../finding.js';

const INSTALL = 'sudo apt-get install -y ffmpeg';

export const ffmpeg: Check = {
  name: 'ffmpeg',
  run: async ({ config }, signal) => {
    const users = streamsOf(config).filter(({ source }) => source.kind === 'ffmpeg');
    if (users.length === 0) return skip('no stream needs it');
    try {
      const { stdout } = await promisify(execFile)('ffmpeg', ['-version'], { signal });
      return judgeFfmpeg(stdout);
    } catch (cause) {
      const names = users.map(({ name }) => name).join(', ');
      const { code, message } = cause as NodeJS.ErrnoException;
      return fail(`${code === 'ENOENT' ? 'is not installed' : message}; needed by ${names}`, INSTALL);
    }
  },
};

/** @param said by `ffmpeg -version` */
export function judgeFfmpeg(said: string): Finding {
  const version = ffmpegVersion(said);
  const { major, minor } = OLDEST_FFMPEG;
  const [name = 'what is called ffmpeg'] = said.split(' Copyright');
  if (!version) return fail(`${name.slice(0, 100)} is no ffmpeg`, INSTALL);
  return isAtLeast(version, major, minor)
    ? ok(name)
    : fail(`${name} is too old: ${major}.${minor} or newer`, INSTALL);
}
