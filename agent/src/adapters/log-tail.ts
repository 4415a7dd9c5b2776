import { writeFileAtomically } from '@hamon/content';
import type { LogRing } from '../log-ring.js';
import { readFileIfThere } from './read-file-if-there.js';

const LINES = 200;
const BYTES = 64 * 1024;

/** Keeps how the run ended; nothing depends on it, so a full disk only costs the lines. */
export async function keepLogTail(path: string, lines: LogRing): Promise<void> {
  const text = lines.newest(LINES, BYTES).map((line) => `${line}\n`);
  await writeFileAtomically(path, text.join(''), 0o600).catch(() => undefined);
}

/** What the run before said at its end, ahead of what this one says. */
export async function loadLogTail(path: string, lines: LogRing): Promise<void> {
  const text = await readFileIfThere(path).catch(() => undefined);
  lines.begin((text ?? '').slice(-BYTES).split('\n'));
}
