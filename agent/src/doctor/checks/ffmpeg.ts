import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { streamsOf } from '@hamon/contracts';
import type { Check } from '../check.js';
import { fail, ok, skip, warn, type Finding } from '../finding.js';

/** Older ones know no time-out of RTSP that works alike. */
const OLDEST = 4;
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
  const version = /^ffmpeg version (\S+)/.exec(said)?.[1] ?? 'unknown';
  const major = Number(/^n?(\d+)\./.exec(version)?.[1] ?? Number.NaN);
  // Builds of a day have no number.
  return major < OLDEST ? warn(`${version} is old: ${OLDEST} or newer is tried`, INSTALL) : ok(version);
}
