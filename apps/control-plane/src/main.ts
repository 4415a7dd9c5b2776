import 'reflect-metadata';
import { onStopSignals } from '@hamon/content';
import { ConfigError, describeSettings, readConfig } from './platform/config/read-config.js';
import { startControlPlane } from './start-control-plane.js';

const USAGE = `Hamon's control plane. It takes no arguments but --help; the environment configures it:

${describeSettings()}
`;

/** More than all parts of a stop may take; a service manager kills the process later still. */
const STOP_WITHIN_MS = 60_000;

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return;
  }
  if (args.length > 0) fail(`Unknown argument "${args[0] ?? ''}"; --help lists the settings.`);
  const config = readConfig(process.env);
  const forced = new AbortController();
  const running = startControlPlane(config, { onFatal: fail, forced: forced.signal });
  onStopSignals({
    stop: () => {
      setTimeout(() => {
        forced.abort();
        fail(`It has not stopped within ${STOP_WITHIN_MS / 1000} s; the next start cleans up.`);
      }, STOP_WITHIN_MS).unref();
      void running
        .then((plane) => plane.stop())
        .then(
          () => process.exit(0),
          () => process.exit(1),
        );
    },
    // The next start cleans up what is left, as after a kill; but no process stays.
    force: () => {
      forced.abort();
      process.exit(1);
    },
  });
  await running;
}

/** One line for each cause: an operator reads what failed, and why. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof ConfigError) fail(error.message);
  fail(describe(error));
});
