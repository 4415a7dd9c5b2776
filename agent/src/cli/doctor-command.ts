import { printableJson } from '@hamon/contracts';
import { Command } from 'commander';
import { CHECKS } from '../doctor/checks.js';
import { examine } from '../doctor/examine.js';
import { describeReport, reportOf } from '../doctor/report.js';
import { runChecks } from '../doctor/run-checks.js';

interface Options {
  readonly state?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** For each check; all run at once. */
const LIMIT_MS = 15_000;

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description(
      'look for what keeps this device from its work, and say what to do; exit code 1 where something fails',
    )
    .option('--state <folder>', "the device's state folder; without it that of the installed service")
    .option('--config <file>', 'configuration in JSON; without it that of the installed service')
    .option('--json', 'one JSON document')
    .action(async ({ json = false, ...named }: Options) => {
      const patient = await examine(named);
      const again = 'hamon-agent doctor --json';
      const report = reportOf(await runChecks(CHECKS, patient, { limitMs: LIMIT_MS, again }));
      process.stdout.write(json ? `${printableJson(JSON.stringify(report))}\n` : describeReport(report));
      process.exitCode = report.ok ? 0 : 1;
    });
