import 'reflect-metadata';
import { ConfigError, describeSettings, readConfig } from './platform/config/read-config.js';
import { startControlPlane } from './start-control-plane.js';

const USAGE = `Hamon's control plane. It takes no arguments but --help; the environment configures it:

${describeSettings()}
`;

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
  const running = startControlPlane(config, fail);
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait; the next start cleans up.
      if (stopping) process.exit(1);
      stopping = true;
      void running
        .then((plane) => plane.stop())
        .then(
          () => process.exit(0),
          () => process.exit(1),
        );
    });
  }
  await running;
}

/** Message by message: an operator reads why, and by what. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof ConfigError) fail(error.message);
  fail(describe(error));
});
