import type { Result, SourceOf } from '@hamon/contracts';
import type { Pixels } from '@hamon/inference';
import { AgentError } from '../../agent-error.js';
import { findProgram } from '../../adapters/find-program.js';
import type { ProgramEnd } from '../../adapters/frame-program.js';
import { endOf } from './program/end-of.js';
import type { Fault } from './program/fault.js';
import type { CutFrame } from './program/frame-cutter.js';
import type { ProgramKind, ProgramRun } from './program/program-kind.js';
import { ProgramSource } from './program/program-source.js';
import type { SourceParts } from './source-parts.js';
import { swapRedAndBlue } from './picture/swap-red-and-blue.js';

type CommandSource = SourceOf<'command'>;

/** @throws AgentError `config-invalid` where the device's own file allows no program of this name */
export function openCommandSource(config: CommandSource, parts: SourceParts): ProgramSource {
  const { run, program } = config;
  const allowed = run ?? (program === undefined ? undefined : parts.programs[program]);
  if (!allowed) {
    const detail = `source.program: allow.programs of this device has no "${program ?? ''}"`;
    throw new AgentError('config-invalid', detail);
  }
  return new ProgramSource(new CommandKind(config, allowed, parts.secrets), config, parts);
}

/** Any program that writes raw frames of one size, one after the other, to its standard output. */
class CommandKind implements ProgramKind {
  readonly place: string;

  constructor(
    private readonly config: CommandSource,
    private readonly run: readonly string[],
    private readonly secrets: SourceParts['secrets'],
  ) {
    // Its arguments may be anything.
    this.place = config.program ?? run[0] ?? '';
  }

  async prepare(): Promise<Result<ProgramRun, Fault>> {
    const { env = {}, width, height, format } = this.config;
    const [name = '', ...args] = this.run;
    const program = await findProgram(name);
    if (program === undefined) {
      const detail = `there is no program ${name} that the agent's user may run`;
      return { ok: false, error: { kind: 'broken', detail } };
    }
    const environment: Record<string, string> = {};
    for (const [key, ref] of Object.entries(env)) environment[key] = await this.secrets.resolve(ref);
    const channels = format === 'gray8' ? 1 : 3;
    return {
      ok: true,
      value: {
        ...{ program, args, environment, form: { width, height, channels } },
        secrets: Object.values(environment),
      },
    };
  }

  toPixels({ pixels, width, height, channels }: CutFrame): Pixels {
    if (this.config.format === 'bgr24') swapRedAndBlue(pixels);
    return { data: pixels, width, height, channels };
  }

  faultOf(end: ProgramEnd): Fault {
    const last = end.lines.at(-1);
    return {
      kind: 'absent',
      detail: `${this.place} ${endOf(end)}${last === undefined ? '' : `: ${last}`}`,
    };
  }
}
