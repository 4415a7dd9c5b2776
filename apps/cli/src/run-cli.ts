import { ApiError } from '@hamon/api-client';
import { ContentError } from '@hamon/content';
import { printable } from '@hamon/contracts';
import { CommanderError } from 'commander';
import { hintOf } from './api/hint-of.js';
import { CliError } from './cli-error.js';
import { EXIT, type ExitCode } from './exit-code.js';
import type { Io } from './io.js';
import { createProgram } from './program.js';

/** Runs one command line to its end and answers its exit code; all output goes through `io`. */
export async function runCli(args: readonly string[], io: Io): Promise<ExitCode> {
  const result: { exitCode: ExitCode } = { exitCode: EXIT.done };
  try {
    await createProgram(io, result).parseAsync(args, { from: 'user' });
    return result.exitCode;
  } catch (error) {
    return explain(error, io);
  }
}

function explain(error: unknown, io: Io): ExitCode {
  // Commander has already printed help, the version, or what was wrong with the command line.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof CliError || error instanceof ApiError) {
    if (error.code === 'interrupted') return EXIT.interrupted;
    io.stderr.write(`hamon: ${printable(error.message)}\n`);
    for (const { field, rule } of error.fields) {
      const line = `${field}: ${rule}`;
      // Some sentences of the server name their only field already.
      if (!error.message.includes(line)) io.stderr.write(`  ${printable(line)}\n`);
    }
    const hint = error instanceof ApiError ? hintOf(error) : error.hint;
    if (hint !== undefined) io.stderr.write(`${printable(hint)}\n`);
    return error instanceof CliError && error.code === 'usage' ? EXIT.usage : EXIT.failed;
  }
  if (error instanceof ContentError) {
    io.stderr.write(`hamon: ${printable(error.message)}\n`);
    return EXIT.failed;
  }
  // A bug: the stack is what helps to fix it.
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`hamon: ${stack.split('\n').map(printable).join('\n')}\n`);
  return EXIT.failed;
}
