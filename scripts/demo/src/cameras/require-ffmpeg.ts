import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @throws Error with one sentence that says what to install */
export async function requireFfmpeg(): Promise<void> {
  try {
    await run('ffmpeg', ['-version']);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new Error(`--cameras: ffmpeg does not run here: ${message}`, { cause });
    throw new Error('--cameras needs ffmpeg, which is not installed here: apt-get install ffmpeg', { cause });
  }
}
