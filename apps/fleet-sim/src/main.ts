import { ContentError, onStopSignals } from '@hamon/content';
import { printable } from '@hamon/contracts';
import { Command, Option } from 'commander';
import { pino } from 'pino';
import { AgentError, refuseUnencrypted } from '@hamon/agent/protocol';
import { deviceStem, duration, names, serverUrl, share, version, wholeNumber } from './options.js';
import { Fleet, type FleetTotals } from './shell/fleet.js';
import { pause } from './shell/pause.js';

interface Options {
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

/** What waits for a broker that is away, in memory: of all devices, and of each however many there are. */
const ALL_RECORDS = 100_000;
const LEAST_RECORDS = 10;
const TOTALS_EVERY_MS = 10_000;
/** A broker that confirms nothing is waited for so long. */
const STOP_LIMIT_MS = 30_000;
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'];

const program = new Command('hamon-fleet-sim')
  .description(
    'Runs many simulated devices in one process: real keys, enrolments, MQTT sessions, manifests and telemetry, and the ' +
      'decisions of a real agent. They pretend to download, test and run what they are sent, and ignore benchmarks.',
  )
  .version('0.1.0')
  .requiredOption('--server <url>', 'the control plane', serverUrl)
  .requiredOption('--devices <n>', 'how many', wholeNumber(1, 20_000))
  .requiredOption(
    '--state <folder>',
    'keys and states of the devices; the same folder goes on with the same devices',
  )
  .option('--token <token>', 'enrolment token with enough uses; labels come from it')
  .option('--name <name>', 'devices are called NAME-00001 and on', deviceStem, 'sim')
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
  .option('--bad-version <version>', 'refuse and fail this version only; may be given again', collect)
  .addOption(
    new Option('--offline <share>', 'share of its time that each device is switched off')
      .argParser(share)
      .default(0, '0%'),
  )
  .addOption(
    new Option('--outage <duration>', 'how long it is off then, on the average')
      .argParser(duration)
      .default(30, '30s'),
  )
  .addOption(
    new Option('--download <duration>', 'how long a download takes, on the average')
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
  .option('--duration <duration>', 'end after this time; without it, when told to', duration)
  .option('--insecure', 'accept http:// and mqtt:// outside of this machine')
  .option('--json', 'the totals at the end as JSON on stdout')
  .exitOverride((error) => {
    // 2 is wrong usage; help and version are no errors.
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .action(run);

async function run(options: Options): Promise<void> {
  if (options.refuse + options.fail > 1)
    program.error('error: --refuse and --fail are more than 100% together');
  if (options.offline === 1) program.error('error: --offline must be less than 100%');
  if (options.outage === 0) program.error('error: --outage must be longer than 0s');
  if (options.badVersion && options.refuse + options.fail === 0) {
    program.error('error: --bad-version needs --refuse or --fail, which say on how many devices');
  }
  const level = process.env['HAMON_LOG_LEVEL'] ?? 'silent';
  if (!LOG_LEVELS.includes(level))
    program.error(`error: HAMON_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
  const { insecure = false } = options;
  if (!insecure) refuseUnencrypted([options.server], 'accept that with --insecure');
  const startedMs = performance.now();
  const ending = new AbortController();
  const fleet = new Fleet(
    {
      serverUrl: options.server,
      token: options.token,
      insecure,
      devices: options.devices,
      name: options.name,
      stateFolder: options.state,
      rampSeconds: options.ramp,
      scenario: {
        pace: { framesPerSecond: options.fps, downloadSeconds: options.download },
        fates: {
          seed: options.seed,
          refuse: options.refuse,
          fail: options.fail,
          badVersions: options.badVersion ?? [],
        },
        outages: { share: options.offline, meanSeconds: options.outage },
        labels: options.labels,
        outboxRecords: Math.max(LEAST_RECORDS, Math.floor(ALL_RECORDS / options.devices)),
      },
    },
    pino({ level, base: null }, pino.destination(2)),
  );
  onStopSignals({
    stop: () => ending.abort(),
    force: () => process.exit(1),
  });
  if (options.duration !== undefined)
    void pause(options.duration * 1000, ending.signal).then(() => ending.abort());
  const telling = setInterval(() => process.stderr.write(`${lineOf(fleet.totals())}\n`), TOTALS_EVERY_MS);
  let last = fleet.totals();
  // Before they take leave: afterwards nobody is online.
  ending.signal.addEventListener(
    'abort',
    () => {
      last = fleet.totals();
      setTimeout(() => {
        process.stderr.write(
          `hamon-fleet-sim: not every device could take leave; ended after ${STOP_LIMIT_MS / 1000} s\n`,
        );
        process.exit(1);
      }, STOP_LIMIT_MS).unref();
    },
    { once: true },
  );
  try {
    await fleet.run(ending.signal);
  } finally {
    clearInterval(telling);
    ending.abort();
  }
  const { online } = last;
  const totals = { ...fleet.totals(), online };
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  if (options.json) {
    const document = { schema: 'hamon.fleet-sim/1', server: options.server, seconds, ...totals };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    process.stdout.write(`${lineOf(totals)}; ended in order after ${seconds} s\n`);
  }
}

function lineOf({ devices, enrolled, online, shutOut, deployments, versions, records }: FleetTotals): string {
  const counts = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([word, count]) => `${count} ${word}`)
      .join(', ') || 'none';
  return [
    `${online} of ${devices} online${enrolled < devices ? `, ${enrolled} enrolled` : ''}`,
    ...(shutOut > 0 ? [`${shutOut} shut out`] : []),
    `deployments: ${counts(deployments)}`,
    `running: ${counts(versions)}`,
    `${records.sent} windows and events sent${records.dropped > 0 ? `, ${records.dropped} dropped` : ''}`,
  ].join('; ');
}

function collect(text: string, former: string[] = []): string[] {
  return [...former, version(text)];
}

/** What its operator can mend, be it a folder that cannot be written; anything else is a bug. */
function isOperational(cause: unknown): cause is Error {
  return (
    cause instanceof AgentError ||
    cause instanceof ContentError ||
    (cause instanceof Error && 'syscall' in cause)
  );
}

try {
  await program.parseAsync();
} catch (cause) {
  if (!isOperational(cause)) throw cause;
  process.stderr.write(`hamon-fleet-sim: ${printable(cause.message)}\n`);
  process.exitCode = 1;
}
