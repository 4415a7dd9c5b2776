import { readFile } from 'node:fs/promises';
import {
  DevicePolicyPatch,
  fieldProblems,
  GatePolicy,
  RolloutView,
  type StartRollout,
} from '@hamon/contracts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { z } from 'zod';
import { CliError } from '../cli-error.js';
import { watchRollout } from '../follow/watch-rollout.js';
import type { CommandContext } from '../command-context.js';
import { rolloutText } from '../views/rollout-view.js';
import {
  durationSeconds,
  selector,
  share,
  stages,
  variantName,
  versionRef,
  wholeNumber,
  type VersionRef,
} from './arguments.js';
import { SELECTOR_HELP } from './device.js';

interface Options {
  readonly variant?: string;
  readonly maxAccuracyDrop?: number;
  readonly where?: string;
  readonly stages: string;
  readonly watch: number;
  readonly gate?: string;
  readonly policy?: string;
  readonly fallback?: boolean;
  readonly approve: 'auto' | 'manual';
  readonly maxParallel?: number;
  readonly wait?: boolean;
}

const HELP = `
Stages are cumulative and rounded up: 1,10%,50%,100% updates one device, then a tenth, half, all. After each stage the
new version is watched for the given time and judged by the gate; only a passed gate widens the ripple, and a failed
one brings the devices back to what they ran.
${SELECTOR_HELP}

A version whose labels differ from those that devices run waits for "hamon rollout approve" after its first stage: what
the two answer cannot be compared, and the other checks alone decide from then on.

Without --variant each device runs the variant that is the fastest of those measured on its hardware class that give up
at most --max-accuracy-drop (0.01) and keep the bundle's budgets. A class on which nothing was measured runs the
original, fp32; one on which everything was measured and nothing holds refuses the rollout.
"hamon model choices NAME@VERSION" shows the choice beforehand.

Without --fallback on, or a policy file that says so, no frame leaves a device. With it, a device sends frames to the
control plane's cloud model where its own model is down, late, fails, or is less confident than the policy's
minConfidence (0.5).

FILE of --gate holds what shall differ from the defaults, for example:
  {"maxUpdateFailureRate": 0.1, "maxErrorRate": 0.02, "errorRateCeiling": 0.2, "minKappa": 0.4,
   "latency": {"maxRatio": 1.5, "maxExtraMs": 5}}

Example:
  hamon rollout start tile-inspector@2.0.0 --where site=osaka --stages 1,10%,50%,100% --watch 10m --wait`;

export function addRolloutStart(rollout: Command, context: CommandContext): void {
  rollout
    .command('start')
    .description('roll a released version out to the selected devices, stage by stage')
    .argument('<name@version>', 'for example tile-inspector@2.0.0', versionRef)
    .option(
      '--variant <name>',
      'one variant for all; without it, the one chosen per hardware class',
      variantName,
    )
    .option(
      '--max-accuracy-drop <share>',
      'what a chosen variant may cost in accuracy: 0.01 is a point',
      share,
    )
    .option('--where <expr>', 'which devices; without it, every device', selector)
    .option('--stages <list>', 'how far each stage reaches', stages, '1,10%,50%,100%')
    .addOption(
      new Option('--watch <duration>', 'how long each stage is watched: 90s, 10m, 2h')
        .argParser(durationSeconds)
        .default(600, '10m'),
    )
    .option('--gate <file>', 'JSON file with limits of the gate')
    .option('--policy <file>', 'JSON file with what the devices check and measure')
    .option(
      '--fallback <on|off>',
      'ask the cloud model where a device has no good answer of its own',
      onOrOff,
    )
    .option('--approve <mode>', 'auto, or manual: a person approves each widening', approval, 'auto')
    .option('--max-parallel <n>', 'how many devices may be updating at once', wholeNumber)
    .option('--wait', 'watch it to its end; exit code 3 where it ends in failure')
    .addHelpText('after', HELP)
    .action(async (ref: VersionRef, options: Options, command: Command) => {
      const body: StartRollout = {
        model: ref.model,
        version: ref.version,
        ...(options.variant === undefined ? {} : { variant: options.variant }),
        ...(options.maxAccuracyDrop === undefined
          ? {}
          : { constraints: { maxAccuracyDrop: options.maxAccuracyDrop } }),
        where: options.where ?? '',
        stages: options.stages,
        watchSeconds: options.watch,
        approve: options.approve,
        ...(options.gate === undefined ? {} : { gate: await jsonFile(options.gate, GatePolicy) }),
        ...(await policyOf(options)),
        ...(options.maxParallel === undefined ? {} : { maxParallel: options.maxParallel }),
      };
      const { api, output } = await context.session(command);
      const started = await api.call('POST /v1/rollouts', RolloutView, { body });
      if (options.wait === true) {
        output.say(`Rollout ${started.id} started.`);
        context.exitWith(await watchRollout({ api, output }, started.id));
        return;
      }
      output.answer(
        'rollout',
        started,
        () => `${rolloutText(output.colours, started)}\n\nWatch it with: hamon rollout watch ${started.id}`,
      );
    });
}

/** What is said on the command line holds against what the file says. */
async function policyOf({ policy: file, fallback }: Options): Promise<Pick<StartRollout, 'policy'>> {
  if (file === undefined && fallback === undefined) return {};
  const policy = file === undefined ? {} : await jsonFile(file, DevicePolicyPatch);
  if (fallback === undefined) return { policy };
  return { policy: { ...policy, fallback: { ...policy.fallback, enabled: fallback } } };
}

function onOrOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('It must be on or off.');
}

function approval(text: string): 'auto' | 'manual' {
  if (text === 'auto' || text === 'manual') return text;
  throw new InvalidArgumentError('It must be auto or manual.');
}

async function jsonFile<T extends z.ZodType>(path: string, schema: T): Promise<z.input<T>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new CliError('local-file', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return json as z.input<T>;
  throw new CliError('local-file', `${path} breaks its rules:`, {
    cause: parsed.error,
    fields: fieldProblems(parsed.error),
  });
}
