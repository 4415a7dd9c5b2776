import { EnrolmentTokenView, parseDurationSeconds } from '@hamon/contracts';
import { type Command, Option } from 'commander';
import { contextOf } from '../context.js';
import { UsageError } from '../exit.js';
import { parseLabels } from '../labels.js';

const collect = (value: string, previous: string[]): string[] => [...previous, value];

export function addEnrolTokenCommands(program: Command): void {
  program
    .command('enrol-token')
    .description('tokens with which new devices enrol')
    .command('create')
    .requiredOption('--uses <n>', 'how many devices may enrol with it')
    .requiredOption('--ttl <duration>', 'how long it holds: 90s, 10m, 24h, 7d')
    .addOption(
      new Option('--label <k=v>', 'label of the devices that enrol with it; may be given again')
        .argParser(collect)
        .default([], 'none'),
    )
    .description('make a token; it is shown once')
    .action(async (options: { uses: string; ttl: string; label: string[] }, command: Command) => {
      const uses = Number(options.uses);
      if (!Number.isInteger(uses) || uses < 1) throw new UsageError(`--uses must be a whole number from 1`);
      const ttlSeconds = parseDurationSeconds(options.ttl);
      if (ttlSeconds === undefined) throw new UsageError(`--ttl must be like 90s, 10m, 24h or 7d`);
      const { api, output } = await contextOf(command);
      const labels = parseLabels(options.label);
      const created = await api.post(
        '/v1/enrolment-tokens',
        { uses, ttlSeconds, labels },
        EnrolmentTokenView,
      );
      output.result({ schema: 'hamon.enrolment-token/1', ...created }, () =>
        [
          created.token ?? '',
          '',
          `for ${created.usesLeft} devices until ${created.expiresAt}; it is not shown again. On the device:`,
          `  hamon-agent enrol --server URL --token ${created.token ?? 'TOKEN'} --state DIR`,
        ].join('\n'),
      );
    });
}
