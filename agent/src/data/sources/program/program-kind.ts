import type { Result } from '@hamon/contracts';
import type { Pixels } from '@hamon/inference';
import type { ProgramEnd } from '../../../adapters/frame-program.js';
import type { Fault } from './fault.js';
import type { CutFrame, FrameForm } from './frame-cutter.js';

/** One life of a program that writes frames. */
export interface ProgramRun {
  /** An absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** All that it reads on its standard input. */
  readonly input?: string;
  /** `pnm`: each frame says its size. */
  readonly form: FrameForm | 'pnm';
  /** Never shown; taken out of what it says. */
  readonly secrets: readonly string[];
  /** A line that it wrote means that it has to be begun anew: why. */
  readonly looksAt?: (line: string) => string | undefined;
}

/** What differs between programs that write frames. */
export interface ProgramKind {
  /** What people know its frames by. */
  readonly place: string;
  /** Anew before each start: a secret, a program or an address may have changed meanwhile. */
  prepare(signal: AbortSignal): Promise<Result<ProgramRun, Fault>>;
  /** The frame may be changed in place. */
  toPixels(frame: CutFrame): Pixels;
  /** Why it ended by itself; its lines are scrubbed. */
  faultOf(end: ProgramEnd): Fault;
}
