import { RolloutMemberView, RolloutView } from '@hamon/contracts';
import type { Command } from 'commander';
import { watchRollout } from '../follow/watch-rollout.js';
import type { CommandContext } from '../command-context.js';
import { rolloutDetails } from '../views/rollout-details.js';
import { rolloutsText, rolloutText } from '../views/rollout-view.js';
import { rolloutId } from './arguments.js';

const ID = 'as "hamon rollout ls" lists it';

export function addRolloutCommands(rollout: Command, context: CommandContext): void {
  addList(rollout, context);
  addShow(rollout, context);
  addWatch(rollout, context);
  addAction(rollout, context, 'pause', 'stop widening; devices keep what they have');
  addAction(rollout, context, 'resume', 'go on after a pause');
  addAction(rollout, context, 'approve', 'let the next stage begin, or overrule an inconclusive gate');
  addAbort(rollout, context);
}

function addList(rollout: Command, context: CommandContext): void {
  rollout
    .command('ls')
    .description('list the rollouts, newest first')
    .action(async (_options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const items = await api.list('/v1/rollouts', RolloutView, {}, 1000);
      output.answer('rollouts', { items }, () => rolloutsText(output.colours, items));
    });
}

function addShow(rollout: Command, context: CommandContext): void {
  rollout
    .command('show')
    .description("show a rollout: its stages, what the gate saw, and each device's state and reason")
    .argument('<id>', ID, rolloutId)
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const shown = await api.get(`/v1/rollouts/${id}`, RolloutView);
      const members = await api.list(`/v1/rollouts/${id}/members`, RolloutMemberView);
      output.answer('rollout', { ...shown, members }, () => rolloutDetails(output.colours, shown, members));
    });
}

function addWatch(rollout: Command, context: CommandContext): void {
  rollout
    .command('watch')
    .description('follow a rollout to its end; exit code 3 where it ends in failure')
    .argument('<id>', ID, rolloutId)
    .action(async (id: string, _options: unknown, command: Command) => {
      context.exitWith(await watchRollout(await context.session(command), id));
    });
}

function addAction(
  rollout: Command,
  context: CommandContext,
  action: 'pause' | 'resume' | 'approve',
  description: string,
): void {
  rollout
    .command(action)
    .description(description)
    .argument('<id>', ID, rolloutId)
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const changed = await api.post(`/v1/rollouts/${id}/${action}`, {}, RolloutView);
      output.answer('rollout', changed, () => rolloutText(output.colours, changed));
    });
}

function addAbort(rollout: Command, context: CommandContext): void {
  rollout
    .command('abort')
    .description('end a rollout where it is')
    .argument('<id>', ID, rolloutId)
    .option('--rollback', 'and bring the devices that it reached back to what they ran')
    .action(async (id: string, { rollback = false }: { rollback?: boolean }, command: Command) => {
      const { api, output } = await context.session(command);
      const changed = await api.post(`/v1/rollouts/${id}/abort`, { rollback }, RolloutView);
      output.answer('rollout', changed, () => rolloutText(output.colours, changed));
    });
}
