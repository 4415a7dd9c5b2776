import {
  DevicePolicyPatch,
  GatePolicy,
  RolloutView,
  type StartRollout,
  type ThresholdOverride,
} from '@hamon/contracts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { watchRollout } from '../follow/watch-rollout.js';
import type { CommandContext } from '../command-context.js';
import { jsonFile } from '../json-file.js';
import { rolloutText } from '../views/rollout-view.js';
import {
  durationSeconds,
  selector,
  share,
  stages,
  threshold,
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
  readonly threshold?: ThresholdOverride;
  readonly wait?: boolean;
}

const HELP = `
Stages are cumulative and rounded up: 1,10%,50%,100% updates one device, then a tenth, half, all. After each stage the
new version is watched for the given time and judged by the gate; only a passed gate widens the ripple, and a failed
one brings the devices back to what they ran.
${SELECTOR_HELP}

A version whose labels differ from those of the running versions waits for "hamon rollout approve" after its first
stage: the answers cannot be compared, so only the other checks decide from then on.

Without --variant, each device runs the fastest variant measured on its hardware class that loses at most
--max-accuracy-drop (0.01) and keeps the bundle's budgets. A class without measurements runs the original, fp32. A class
on which every variant was measured and none qualifies refuses the rollout.
"hamon model choices NAME@VERSION" shows the choice beforehand.

A device goes on with its other models as they are. Of devices whose agents run one model only, those with another
model are left out; the rollout's first event says how many.

Without --fallback on, or a policy file that says so, no frame leaves a device. With it, a device sends a frame to the
control plane's cloud model when its own model is down, late, fails, or is less confident than the policy's
minConfidence (0.5).

FILE of --gate holds what differs from the defaults, for example:
  {"maxUpdateFailureRate": 0.1, "maxErrorRate": 0.02, "errorRateCeiling": 0.2, "minKappa": 0.4,
   "latency": {"maxRatio": 1.5, "maxExtraMs": 5}}

Example:
  hamon rollout start tile-inspector@2.0.0 --where site=osaka --stages 1,10%,50%,100% --watch 10m --wait`;

export function addRolloutStart(rollout: Command, context: CommandContext): void {
  const command = rollout
    .command('start')
    .description('roll a released version out to the selected devices, stage by stage')
    .argument('<name@version>', 'for example tile-inspector@2.0.0', versionRef);
  addFlags(command)
    .addHelpText('after', HELP)
    .action(async (ref: VersionRef, options: Options, self: Command) => {
      const body = await requestOf(ref, options);
      const { api, output } = await context.session(self);
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

const addFlags = (command: Command): Command =>
  command
    .option(
      '--variant <name>',
      'one variant for all; without it, the one chosen per hardware class',
      variantName,
    )
    .option(
      '--max-accuracy-drop <share>',
      'accuracy that a chosen variant may lose; 0.01 is one point',
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
    .option('--fallback <on|off>', 'ask the cloud model when a device has no good answer of its own', onOrOff)
    .option('--approve <mode>', 'auto, or manual: a person approves each widening', approval, 'auto')
    .option('--max-parallel <n>', 'how many devices may be updating at once', wholeNumber)
    .option(
      '--threshold <x>',
      "in the place of the bundle's: one number, or by label: Crack=0.4,Fray=0.3",
      threshold,
    )
    .option('--wait', 'watch it to its end; exit code 3 where it ends in failure');

const requestOf = async (ref: VersionRef, options: Options): Promise<StartRollout> => ({
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
});

/** The command line overrides the file. */
async function policyOf({
  policy: file,
  fallback,
  threshold: wanted,
}: Options): Promise<Pick<StartRollout, 'policy'>> {
  if (file === undefined && fallback === undefined && wanted === undefined) return {};
  const policy = file === undefined ? {} : await jsonFile(file, DevicePolicyPatch);
  return {
    policy: {
      ...policy,
      ...(fallback !== undefined && { fallback: { ...policy.fallback, enabled: fallback } }),
      ...(wanted !== undefined && { threshold: wanted }),
    },
  };
}

function onOrOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('It must be on or off.');
}

function approval(text: string): 'auto' | 'manual' {
  if (text === 'auto' || text === 'manual') return text;
  throw new InvalidArgumentError('It must be auto or manual.');
}
