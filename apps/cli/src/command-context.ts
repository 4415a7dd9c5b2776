import type { Command } from 'commander';
import type { ExitCode } from './exit-code.js';
import type { Io } from './io.js';
import type { Output } from './output.js';
import type { Session } from './session.js';

/** What the commands need of the program around them. */
export interface CommandContext {
  readonly io: Io;
  /** The server and the output, from the command's flags. */
  session(command: Command): Promise<Session>;
  output(command: Command): Output;
  /** For a command that was carried out but whose subject failed. */
  exitWith(code: ExitCode): void;
}
