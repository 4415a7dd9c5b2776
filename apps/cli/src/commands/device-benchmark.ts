import { BenchmarkView } from '@hamon/contracts';
import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { watchBenchmark } from '../follow/watch-benchmark.js';
import { deviceId, durationSeconds, versionRef, type VersionRef } from './arguments.js';

interface Options {
  readonly wait?: boolean;
  readonly expires: number;
}

export function addDeviceBenchmark(device: Command, context: CommandContext): void {
  device
    .command('benchmark')
    .description('measure every variant of a version on a device, in its idle time')
    .argument('<id>', 'as "hamon device ls" lists it', deviceId)
    .argument('<name@version>', 'validated or released, for example tile-inspector@2.0.0', versionRef)
    .option('--wait', 'show progress, and at the end what was measured')
    .addOption(
      new Option('--expires <duration>', 'how long to wait for the device: 90s, 10m, 24h')
        .argParser(durationSeconds)
        .default(86_400, '24h'),
    )
    .addHelpText(
      'after',
      `
The device keeps answering frames. It measures between them, and only while no deployment is under way. The figures
are kept with the version, per hardware class; see: hamon model show NAME@VERSION`,
    )
    .action(async (id: string, ref: VersionRef, options: Options, command: Command) => {
      const session = await context.session(command);
      const { api, output } = session;
      const begun = await api.call('POST /v1/devices/{device}/benchmarks', BenchmarkView, {
        params: { device: id },
        body: { ...ref, expiresInSeconds: options.expires },
      });
      if (options.wait) {
        context.exitWith(await watchBenchmark(session, begun.id));
        return;
      }
      output.answer(
        'benchmark',
        begun,
        () =>
          `${id} is asked to measure ${ref.model}@${ref.version}.\n` +
          `Follow it with: hamon benchmark watch ${begun.id}`,
      );
    });
}
