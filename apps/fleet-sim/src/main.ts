import { AgentError, refuseUnencrypted } from '@hamon/agent/protocol';
import { ContentError, onStopSignals } from '@hamon/content';
import { printable } from '@hamon/contracts';
import { pino } from 'pino';
import { checkTogether, program, type Options } from './program.js';
import { Fleet, type FleetOptions, type FleetTotals } from './shell/fleet.js';
import { pause } from './shell/pause.js';

/** Records kept in memory while the broker is away: of all devices together, and at least of each. */
const ALL_RECORDS = 100_000;
const LEAST_RECORDS = 10;
const TOTALS_EVERY_MS = 10_000;
/** How long a broker that confirms nothing is waited for. */
const STOP_LIMIT_MS = 30_000;
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'];

async function run(options: Options): Promise<void> {
  checkTogether(options);
  const level = process.env['HAMON_LOG_LEVEL'] ?? 'silent';
  if (!LOG_LEVELS.includes(level))
    program.error(`error: HAMON_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
  if (!options.insecure) refuseUnencrypted([options.server], 'accept that with --insecure');
  const startedMs = performance.now();
  const fleet = new Fleet(fleetOptions(options), pino({ level, base: null }, pino.destination(2)));
  const online = await runToEnd(fleet, options.duration);
  const totals = { ...fleet.totals(), online };
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  if (options.json) {
    const document = { schema: 'hamon.fleet-sim/1', server: options.server, seconds, ...totals };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    process.stdout.write(`${lineOf(totals)}; ended in order after ${seconds} s\n`);
  }
}

/** Until it is stopped or its time is over; answers how many devices were online then. */
async function runToEnd(fleet: Fleet, durationSeconds: number | undefined): Promise<number> {
  const ending = new AbortController();
  onStopSignals({ stop: () => ending.abort(), force: () => process.exit(1) });
  if (durationSeconds !== undefined)
    void pause(durationSeconds * 1000, ending.signal).then(() => ending.abort());
  const telling = setInterval(() => process.stderr.write(`${lineOf(fleet.totals())}\n`), TOTALS_EVERY_MS);
  let { online } = fleet.totals();
  // Before they disconnect: afterwards none is online.
  ending.signal.addEventListener(
    'abort',
    () => {
      ({ online } = fleet.totals());
      setTimeout(giveUp, STOP_LIMIT_MS).unref();
    },
    { once: true },
  );
  try {
    await fleet.run(ending.signal);
  } finally {
    clearInterval(telling);
    ending.abort();
  }
  return online;
}

function giveUp(): never {
  process.stderr.write(
    `hamon-fleet-sim: not every device could disconnect in order; ended after ${STOP_LIMIT_MS / 1000} s\n`,
  );
  process.exit(1);
}

const fleetOptions = (options: Options): FleetOptions => ({
  serverUrl: options.server,
  token: options.token,
  insecure: options.insecure ?? false,
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
});

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

/** What its operator can fix, such as a folder that cannot be written; anything else is a bug. */
function isOperational(cause: unknown): cause is Error {
  return (
    cause instanceof AgentError ||
    cause instanceof ContentError ||
    (cause instanceof Error && 'syscall' in cause)
  );
}

try {
  await program.action(run).parseAsync();
} catch (cause) {
  if (!isOperational(cause)) throw cause;
  process.stderr.write(`hamon-fleet-sim: ${printable(cause.message)}\n`);
  process.exitCode = 1;
}
