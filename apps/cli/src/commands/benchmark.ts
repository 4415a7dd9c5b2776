import { BenchmarkView } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { watchBenchmark } from '../follow/watch-benchmark.js';
import { benchmarksText, benchmarkText } from '../views/benchmark-view.js';
import { benchmarkId, deviceId } from './arguments.js';
import { addListCommand, whereFields } from './list-command.js';

const ID = 'as "hamon benchmark ls DEVICE" lists it';

export function addBenchmarkCommands(benchmark: Command, context: CommandContext): void {
  addListCommand(benchmark, context, {
    description: 'list the benchmarks of a device, newest first',
    argument: { name: 'device', description: 'as "hamon device ls" lists it', parse: deviceId },
    page: (api, asked, device) =>
      api.page('GET /v1/devices/{device}/benchmarks', BenchmarkView, { params: { device }, ...asked }),
    kind: 'benchmarks',
    noun: ['benchmark', 'benchmarks'],
    where: { example: 'state=succeeded', help: whereFields('id, model, version, state') },
    none: 'No benchmarks yet. Begin one with: hamon device benchmark ID NAME@VERSION',
    table: benchmarksText,
  });

  benchmark
    .command('show')
    .description('show the progress of a benchmark, or what was measured')
    .argument('<id>', ID, benchmarkId)
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const shown = await api.call('GET /v1/benchmarks/{id}', BenchmarkView, { params: { id } });
      output.answer('benchmark', shown, () => benchmarkText(output.colours, shown));
    });

  benchmark
    .command('watch')
    .description('follow a benchmark to its end; exit code 1 where it ends without figures')
    .argument('<id>', ID, benchmarkId)
    .action(async (id: string, _options: unknown, command: Command) => {
      context.exitWith(await watchBenchmark(await context.session(command), id));
    });

  benchmark
    .command('cancel')
    .description('cancel a benchmark; the device is told to stop')
    .argument('<id>', ID, benchmarkId)
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const cancelled = await api.call('POST /v1/benchmarks/{id}/cancel', BenchmarkView, { params: { id } });
      output.answer('benchmark', cancelled, () => benchmarkText(output.colours, cancelled));
    });
}
