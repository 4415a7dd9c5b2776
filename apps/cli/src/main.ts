import { readFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { EXIT, RolloutFailed, UsageError } from './exit.js';
import { createProgram } from './program.js';

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`hamon: ${message}\n`);
  if (error instanceof UsageError) {
    process.stderr.write('see hamon --help\n');
    return EXIT.usage;
  }
  return error instanceof RolloutFailed ? EXIT.rolloutFailed : EXIT.failed;
}

try {
  await createProgram(version).parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
