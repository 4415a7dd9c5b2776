import { Command, Option } from 'commander';
import { deviceStem, duration, names, serverUrl, share, version, wholeNumber } from './options.js';

export interface Options {
  readonly server: string;
  readonly token?: string;
  readonly devices: number;
  readonly name: string;
  readonly state: string;
  readonly ramp: number;
  readonly refuse: number;
  readonly fail: number;
  readonly badVersion?: string[];
  readonly offline: number;
  readonly outage: number;
  readonly download: number;
  readonly labels: string[];
  readonly fps: number;
  readonly seed: number;
  readonly duration?: number;
  readonly insecure?: boolean;
  readonly json?: boolean;
}

/** The command line; a wrong one ends the process with one sentence. */
export const program = new Command('hamon-fleet-sim')
  .description(
    'Runs many simulated devices in one process: real keys, enrolments, MQTT sessions, manifests and telemetry, and the ' +
      'decisions of a real agent. They pretend to download, test and run what they are sent, and ignore benchmarks.',
  )
  .version('0.1.0')
  .requiredOption('--server <url>', 'the control plane', serverUrl)
  .requiredOption('--devices <n>', 'how many', wholeNumber(1, 20_000))
  .requiredOption(
    '--state <folder>',
    'keys and states of the devices; the same folder continues with the same devices',
  )
  .option('--token <token>', 'enrolment token with enough uses; labels come from it')
  .option('--name <name>', 'devices are called NAME-00001, NAME-00002, …', deviceStem, 'sim')
  .addOption(
    new Option('--ramp <duration>', 'switch them on over this time').argParser(duration).default(10, '10s'),
  )
  .addOption(
    new Option('--refuse <share>', 'share of devices that refuse a version at its self-test')
      .argParser(share)
      .default(0, '0%'),
  )
  .addOption(
    new Option('--fail <share>', 'share of devices on which a version fails once it answers')
      .argParser(share)
      .default(0, '0%'),
  )
  .option('--bad-version <version>', 'refuse and fail this version only; may be repeated', collect)
  .addOption(
    new Option('--offline <share>', 'share of its time that each device is switched off')
      .argParser(share)
      .default(0, '0%'),
  )
  .addOption(
    new Option('--outage <duration>', 'how long it is off then, on average')
      .argParser(duration)
      .default(30, '30s'),
  )
  .addOption(
    new Option('--download <duration>', 'how long a download takes, on average')
      .argParser(duration)
      .default(2, '2s'),
  )
  .addOption(
    new Option('--labels <names>', 'labels that the devices answer with')
      .argParser(names)
      .default(['good', 'defect'], 'good,defect'),
  )
  .option('--fps <n>', 'frames per second', wholeNumber(1, 1000), 10)
  .option('--seed <n>', 'the same seed gives each device the same fate', wholeNumber(0, 999_999_999), 1)
  .option('--duration <duration>', 'end after this time; without it, run until stopped', duration)
  .option('--insecure', 'accept http:// and mqtt:// outside of this machine')
  .option('--json', 'the totals at the end as JSON on stdout')
  .exitOverride((error) => {
    // 2 is wrong usage; help and version are no errors.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

/** Ends the process, as a wrong flag does, where flags do not go together. */
export function checkTogether({ refuse, fail, offline, outage, badVersion }: Options): void {
  if (refuse + fail > 1) program.error('error: --refuse and --fail are more than 100% together');
  if (offline === 1) program.error('error: --offline must be less than 100%');
  if (outage === 0) program.error('error: --outage must be longer than 0s');
  if (badVersion && refuse + fail === 0) {
    program.error('error: --bad-version needs --refuse or --fail, which say on how many devices');
  }
}

function collect(text: string, former: string[] = []): string[] {
  return [...former, version(text)];
}
