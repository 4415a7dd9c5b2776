import { tmpdir } from 'node:os';
import type { SourceOf } from '@hamon/contracts';
import { pino } from 'pino';
import { Secrets } from '../../adapters/secrets.js';
import type { SourceState } from '../../data/sources/frame-source.js';
import { openSource } from '../../data/sources/source-kinds.js';
import type { Patient } from '../check.js';
import { fail, ok, type Finding } from '../finding.js';
import { limited } from '../limited.js';

/** A camera that is reached, and a program that is started, mostly shows something by then. */
const PATIENCE_MS = 6000;

/**
 * Opens the source as the agent does, and waits for a frame. Only while no agent runs: many cameras serve one alone.
 *
 * @param command what shows more
 */
export async function probeSource(
  source: SourceOf<'ffmpeg'> | SourceOf<'command'>,
  { config, paths }: Patient,
  command: string,
  signal: AbortSignal,
): Promise<Finding> {
  const stateFolder = paths?.folder ?? tmpdir();
  const opened = openSource(source, {
    ...{ stream: 'doctor', stateFolder, secrets: new Secrets(stateFolder), programs: config.allow.programs },
    maxPixels: config.limits.imageMegapixels * 1e6,
    ...{ onEvent: () => undefined, tellCondition: () => undefined, now: () => new Date() },
    log: pino({ level: 'silent' }),
  });
  const reader = opened.reader();
  opened.start();
  try {
    const taken = await limited(signal, PATIENCE_MS, (patience) => reader.latest(patience));
    return judgeSource(
      taken === null ? opened.state : { ...opened.state, state: 'running', frames: 1 },
      command,
    );
  } finally {
    reader.close();
    // A program that does not want to end holds up the end of this process, not its report.
    void opened.stop();
  }
}

/** What a source says of itself, here or in the agent that runs. */
export function judgeSource(
  {
    state,
    detail,
    width,
    height,
    frames,
  }: Pick<SourceState, 'state' | 'detail' | 'width' | 'height' | 'frames'>,
  command: string,
): Finding {
  if (state === 'running' && frames === 0) return ok('is ready; no frame has come yet');
  if (state === 'running') {
    return ok(width === undefined ? 'frames come' : `frames of ${width}×${height ?? '?'} come`);
  }
  return fail(detail ?? 'no frame has come yet', command);
}
