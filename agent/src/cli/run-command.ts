import { onStopSignals } from '@hamon/content';
import { printableJson, streamsOf, type DeviceConfig } from '@hamon/contracts';
import { Command } from 'commander';
import { destination, pino } from 'pino';
import { ServiceManager } from '../adapters/service-manager.js';
import { Agent } from '../agent.js';
import { LogRing } from '../log-ring.js';
import { readConfig } from '../config.js';
import { statusLine } from '../status-line.js';

interface Options {
  readonly state: string;
  readonly config?: string;
  readonly insecure?: boolean;
}

/** Ends a process that was asked to restart: its supervisor takes it for a reason to start it again (EX_TEMPFAIL). */
export const RESTART_EXIT_CODE = 75;
/** Longer than any orderly stop takes; after this the process ends whatever holds it up. */
const STOP_LIMIT_MS = 9000;

export const runCommand = (): Command =>
  new Command('run')
    .description('run the agent until it is told to stop (SIGTERM or SIGINT)')
    .requiredOption('--state <folder>', "the device's state folder")
    .option('--config <file>', 'configuration in JSON; without it frames come by local HTTP only')
    .option('--insecure', 'accept http:// and mqtt:// outside of this machine')
    .action(async ({ state, config: file, insecure = false }: Options) => {
      const written = await readConfig(file);
      const config = { ...written, insecure: insecure || written.insecure };
      const logLines = new LogRing();
      const streamWrite = (line: string): string => {
        const text = printableJson(line);
        logLines.add(text);
        return text;
      };
      // Records are lines of stdout where a stream says so; the log is then none of them.
      const log = pino(
        { level: config.logLevel, base: null, hooks: { streamWrite } },
        destination(writesToStdout(config) ? 2 : 1),
      );
      const manager = new ServiceManager({ environment: process.env, onTrouble: (why) => log.warn(why) });
      const starting = Agent.start({ stateFolder: state, config, log, logLines });
      const stop = (why: string, exitCode: number): void => {
        log.info({ why }, 'stopping');
        void manager.stopping();
        setTimeout(() => process.exit(exitCode || 1), STOP_LIMIT_MS).unref();
        starting
          .then((agent) => agent.stop())
          .then(
            () => process.exit(exitCode),
            (cause: unknown) => {
              log.fatal({ err: cause }, 'the agent could not stop in order');
              process.exit(1);
            },
          );
      };
      onStopSignals({
        stop: (why) => stop(why, 0),
        // The children end when their pipes close.
        force: () => process.exit(1),
      });
      const agent = await starting;
      await manager.ready(() => statusLine(agent.status));
      void agent.restartAsked.then(() => stop('a signed command asks for a restart', RESTART_EXIT_CODE));
      await agent.ended;
    });

const writesToStdout = (config: DeviceConfig): boolean =>
  streamsOf(config).some(({ sinks }) => sinks.some(({ kind }) => kind === 'stdout'));
