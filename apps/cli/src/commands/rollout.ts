import { readFile } from 'node:fs/promises';
import {
  describeProblems,
  fieldProblems,
  GatePolicy,
  parseDurationSeconds,
  parseSelector,
  parseStages,
  RolloutMemberView,
  RolloutView,
  type StartRollout,
} from '@hamon/contracts';
import { type Command, Option } from 'commander';
import { type Context, contextOf } from '../context.js';
import { RolloutFailed, UsageError } from '../exit.js';
import { ago, coloured, table } from '../output.js';
import { hasFailed, rolloutText } from '../rollout-text.js';
import { parseVersionRef } from '../version-ref.js';
import { watchRollout } from '../watch-rollout.js';

interface StartOptions {
  readonly where: string;
  readonly stages: string;
  readonly watch: string;
  readonly variant: string;
  readonly gate?: string;
  readonly approve: 'manual' | 'auto';
  readonly maxParallel?: string;
  readonly wait?: boolean;
}

export function addRolloutCommands(program: Command): void {
  const rollout = program.command('rollout').description('staged changes of a set of devices to a version');

  rollout
    .command('start')
    .argument('<name@version>', 'a released version')
    .option('--where <expr>', 'which devices, for example: site=osaka,arch=arm64 (default: all)', '')
    .option('--stages <list>', 'how far each stage widens, cumulatively', '1,10%,50%,100%')
    .option('--watch <duration>', 'how long each stage is watched at least', '10m')
    .option('--variant <name>', 'which variant', 'fp32')
    .option('--gate <file>', 'JSON file with limits that differ from the defaults')
    .addOption(
      new Option('--approve <how>', 'manual: a person approves each widening')
        .choices(['manual', 'auto'])
        .default('auto'),
    )
    .option('--max-parallel <n>', 'deployments under way at once')
    .option('--wait', 'follow it to its end, exit code 3 when it fails')
    .description('start a rollout')
    .action(async (text: string, options: StartOptions, command: Command) => {
      const body = await startBody(text, options);
      const context = await contextOf(command);
      const started = await context.api.post('/v1/rollouts', body, RolloutView);
      if (options.wait) return finish(context, started.id);
      context.output.result({ schema: 'hamon.rollout/1', ...started }, () =>
        [rolloutText(started), '', `hamon rollout watch ${started.id}`].join('\n'),
      );
    });

  rollout
    .command('ls')
    .description('list rollouts, newest first')
    .action(async (_options: unknown, command: Command) => {
      const { api, output } = await contextOf(command);
      const rollouts = await api.list('/v1/rollouts', RolloutView);
      output.result({ schema: 'hamon.rollouts/1', items: rollouts }, () =>
        table(
          ['ROLLOUT', 'VERSION', 'STATE', 'STAGE', 'DEVICES', 'STARTED', 'REASON'],
          rollouts.map((one) => [
            one.id,
            `${one.model}@${one.version}`,
            coloured(one.state),
            `${one.stage + 1}/${one.stages.length}`,
            `${one.devicesTouched}/${one.devices}`,
            ago(one.createdAt),
            one.reason,
          ]),
        ),
      );
    });

  rollout
    .command('show')
    .argument('<id>')
    .description('show one rollout with its gates and devices')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, output } = await contextOf(command);
      const path = `/v1/rollouts/${encodeURIComponent(id)}`;
      const shown = await api.get(path, RolloutView);
      const members = await api.list(`${path}/members`, RolloutMemberView);
      output.result({ schema: 'hamon.rollout/1', ...shown, members }, () =>
        [
          rolloutText(shown),
          '',
          table(
            ['DEVICE', 'STAGE', 'STATE', 'ONLINE', 'RAN BEFORE', 'REASON'],
            members.map((member) => [
              member.device,
              String(member.stage + 1),
              coloured(member.state),
              member.online ? 'yes' : 'no',
              member.previousVersion ?? '-',
              member.reason ? `${member.reason.code}: ${member.reason.detail}` : '',
            ]),
          ),
        ].join('\n'),
      );
    });

  rollout
    .command('watch')
    .argument('<id>')
    .description('follow a rollout to its end; exit code 3 when it fails')
    .action(async (id: string, _options: unknown, command: Command) => finish(await contextOf(command), id));

  addAction(rollout, 'pause', 'hold it where it is; devices keep what they run');
  addAction(rollout, 'resume', 'go on after a pause');
  addAction(rollout, 'approve', 'let it widen to the next stage');
  rollout
    .command('abort')
    .argument('<id>')
    .option('--rollback', 'also send every touched device back to what it ran', false)
    .description('end it; devices keep what they run')
    .action((id: string, options: { rollback: boolean }, command: Command) =>
      act(command, id, 'abort', options),
    );
}

function addAction(rollout: Command, action: string, description: string): void {
  rollout
    .command(action)
    .argument('<id>')
    .description(description)
    .action((id: string, _options: unknown, command: Command) => act(command, id, action, {}));
}

async function act(command: Command, id: string, action: string, body: object): Promise<void> {
  const { api, output } = await contextOf(command);
  const changed = await api.post(`/v1/rollouts/${encodeURIComponent(id)}/${action}`, body, RolloutView);
  output.result({ schema: 'hamon.rollout/1', ...changed }, () => rolloutText(changed));
}

async function finish({ api, output }: Context, id: string): Promise<void> {
  const ended = await watchRollout(api, id, output);
  output.result({ schema: 'hamon.rollout/1', ...ended }, () => rolloutText(ended));
  if (hasFailed(ended))
    throw new RolloutFailed(`${ended.model}@${ended.version} ${ended.state}: ${ended.reason}`);
}

async function startBody(text: string, options: StartOptions): Promise<StartRollout> {
  const ref = parseVersionRef(text);
  const watchSeconds = parseDurationSeconds(options.watch);
  if (watchSeconds === undefined)
    throw new UsageError(`--watch must be like 90s, 10m or 2h, not "${options.watch}"`);
  const stages = parseStages(options.stages);
  if (!stages.ok) throw new UsageError(`--stages: ${stages.error}`);
  const where = parseSelector(options.where);
  if (!where.ok) throw new UsageError(`--where: ${where.error}`);
  const maxParallel = options.maxParallel === undefined ? undefined : Number(options.maxParallel);
  if (maxParallel !== undefined && !(Number.isInteger(maxParallel) && maxParallel >= 1)) {
    throw new UsageError('--max-parallel must be a whole number from 1');
  }
  return {
    ...ref,
    variant: options.variant,
    where: options.where,
    stages: options.stages,
    watchSeconds,
    approve: options.approve,
    ...(options.gate === undefined ? {} : { gate: await readGate(options.gate) }),
    ...(maxParallel === undefined ? {} : { maxParallel }),
  };
}

async function readGate(path: string): Promise<GatePolicy> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new UsageError(`--gate: cannot read ${path}: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
  const parsed = GatePolicy.safeParse(json);
  if (!parsed.success) throw new UsageError(`--gate: ${describeProblems(fieldProblems(parsed.error))}`);
  return parsed.data;
}
