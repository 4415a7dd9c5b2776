import { readFile } from 'node:fs/promises';
import { DeviceConfigPlan, fieldProblems, PushedConfig, PushedConfigView } from '@hamon/contracts';
import { Option, type Command } from 'commander';
import { CliError, usage } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { watchConfig } from '../follow/watch-config.js';
import { configPlanText, pushedText } from '../views/config-view.js';
import { durationSeconds, selector, wholeNumber } from './arguments.js';
import { SELECTOR_HELP } from './device.js';

interface Options {
  readonly where: string;
  readonly file?: string;
  readonly withdraw?: boolean;
  readonly trial: number;
  readonly ifVersion?: number;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
}

export function addDeviceConfigure(device: Command, context: CommandContext): void {
  device
    .command('configure')
    .description('send a configuration to devices: streams, triggers, sinks, limits')
    .requiredOption('--where <expr>', 'the devices, for example site=osaka,line=a; "" for all', selector)
    .option('--file <agent.json>', 'what they shall use in the place of what their own files say')
    .option('--withdraw', 'take back what was sent before: their own files alone count')
    .addOption(
      new Option(
        '--trial <duration>',
        'what it changes must run on a device by then, or the device goes back',
      )
        .argParser(durationSeconds)
        .default(120, '2m'),
    )
    .option(
      '--if-version <n>',
      'only where each device was sent this version last; 0 for none',
      versionOrNone,
    )
    .option('--dry-run', 'show which devices it would go to, and what would change there')
    .option('--wait', 'until each device has said what became of it')
    .addHelpText('after', HELP)
    .action(async (options: Options, command: Command) => {
      const config = await configOf(options);
      const session = await context.session(command);
      const { api, output } = session;
      const body = {
        ...{ where: options.where, config, trialSeconds: options.trial },
        ...(options.ifVersion !== undefined && { ifVersion: options.ifVersion }),
      };
      if (options.dryRun) {
        const plan = await api.call('POST /v1/device-configs/plan', DeviceConfigPlan, { body });
        output.answer('device-config-plan', plan, () => configPlanText(output.colours, plan));
        return;
      }
      const pushed = await api.call('POST /v1/device-configs', PushedConfigView, { body });
      for (const { device: id, why } of pushed.unable) output.warn(`Not sent to ${id}: ${why}`);
      if (options.wait) {
        context.exitWith(await watchConfig(session, pushed.id));
        return;
      }
      output.answer('device-config-pushed', pushed, () => pushedText(output.colours, pushed));
    });
}

const HELP = `${SELECTOR_HELP}

The file has the form of a device's agent.json, without what is the device's own (http, serverUrl, mqttUrl, insecure, allow,
local). Streams are set as a whole: where the file names any, a device's own are gone, but for those that it keeps ("local").
Secrets are {"secret": "NAME"}, which each device resolves. Paths are relative to the device's shared folder, or lie in a
folder that its own file allows.

Examples:
  hamon device configure --where site=osaka --file agent.json --dry-run
  hamon device configure --where id=cam-7 --file agent.json --trial 5m --wait
  hamon device configure --where site=osaka --withdraw`;

/** Checked here for a quick answer, which names the fields as the file has them; the server checks it itself. */
async function configOf({ file, withdraw }: Options): Promise<Record<string, unknown> | null> {
  if ((file === undefined) === (withdraw !== true)) {
    throw usage('say what the devices shall use: --file FILE, or --withdraw');
  }
  if (file === undefined) return null;
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new CliError('local-file', `${file}: ${(cause as Error).message}`, { cause });
  }
  const parsed = PushedConfig.safeParse(json);
  if (parsed.success) return json as Record<string, unknown>;
  const fields = fieldProblems(parsed.error);
  throw new CliError('local-file', `${file} breaks its rules:`, { cause: parsed.error, fields });
}

const versionOrNone = (text: string): number => (text === '0' ? 0 : wholeNumber(text));
