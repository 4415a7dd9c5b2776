import type { ApiClient } from '@hamon/api-client';
import { RolloutMemberView, RolloutView } from '@hamon/contracts';
import type { Command } from 'commander';
import { watchRollout } from '../follow/watch-rollout.js';
import { latecomersOf } from '../api/latecomers.js';
import { resolveId } from '../api/resolve-id.js';
import type { CommandContext } from '../command-context.js';
import { rolloutDetails } from '../views/rollout-details.js';
import { rolloutsText, rolloutText } from '../views/rollout-view.js';
import { idOrPrefix } from './arguments.js';
import { addListCommand, addPageFlags, whereFields, type PageFlags } from './list-command.js';

const ID = 'as "hamon rollout ls" lists it, or its beginning';

const rolloutId = (api: ApiClient, given: string): Promise<string> =>
  resolveId(api, 'GET /v1/rollouts', given, 'rollout');

export function addRolloutCommands(rollout: Command, context: CommandContext): void {
  addList(rollout, context);
  addShow(rollout, context);
  addWatch(rollout, context);
  addAction(rollout, context, 'pause', 'stop widening; devices that have not switched do not switch');
  addAction(rollout, context, 'resume', 'continue after a pause');
  addAction(
    rollout,
    context,
    'approve',
    'start the next stage, even if a gate was inconclusive or labels differ',
  );
  addAbort(rollout, context);
}

function addList(rollout: Command, context: CommandContext): void {
  addListCommand(rollout, context, {
    description: 'list the rollouts, newest first',
    page: (api, asked) => api.page('GET /v1/rollouts', RolloutView, asked),
    kind: 'rollouts',
    noun: ['rollout', 'rollouts'],
    where: { example: 'state=running', help: whereFields('id, model, version, state') },
    none: 'No rollouts yet. Start one with: hamon rollout start NAME@VERSION --where EXPR',
    table: rolloutsText,
  });
}

function addShow(rollout: Command, context: CommandContext): void {
  const show = rollout
    .command('show')
    .description("show a rollout: its stages, what the gate saw, and its devices' states and reasons")
    .argument('<id>', ID, idOrPrefix);
  addPageFlags(show, 'devices that match, for example state=refused')
    .addHelpText('after', `\n${whereFields('device, variant, class, state, reason (its code), online')}`)
    .action(async (given: string, { where, limit, after }: PageFlags, command: Command) => {
      const { api, output } = await context.session(command);
      const id = await rolloutId(api, given);
      const params = { id };
      const shown = await api.call('GET /v1/rollouts/{id}', RolloutView, { params });
      const { items: members, ...page } = await api.page('GET /v1/rollouts/{id}/members', RolloutMemberView, {
        params,
        query: { where },
        limit,
        after,
      });
      const latecomers = await latecomersOf(api, shown);
      output.answer('rollout', { ...shown, members, ...page, latecomers }, () =>
        rolloutDetails(output.colours, shown, { items: members, ...page }, latecomers),
      );
    });
}

function addWatch(rollout: Command, context: CommandContext): void {
  rollout
    .command('watch')
    .description('follow a rollout to its end; exit code 3 where it ends in failure')
    .argument('<id>', ID, idOrPrefix)
    .action(async (given: string, _options: unknown, command: Command) => {
      const session = await context.session(command);
      context.exitWith(await watchRollout(session, await rolloutId(session.api, given)));
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
    .argument('<id>', ID, idOrPrefix)
    .action(async (given: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const id = await rolloutId(api, given);
      const changed = await api.call(`POST /v1/rollouts/{id}/${action}`, RolloutView, { params: { id } });
      output.answer('rollout', changed, () => rolloutText(output.colours, changed));
    });
}

function addAbort(rollout: Command, context: CommandContext): void {
  rollout
    .command('abort')
    .description('end a rollout: devices that have not switched to the version do not switch')
    .argument('<id>', ID, idOrPrefix)
    .option('--rollback', 'also bring the devices that it reached back to what they ran')
    .action(async (given: string, { rollback = false }: { rollback?: boolean }, command: Command) => {
      const { api, output } = await context.session(command);
      const id = await rolloutId(api, given);
      const changed = await api.call('POST /v1/rollouts/{id}/abort', RolloutView, {
        params: { id },
        body: { rollback },
      });
      output.answer('rollout', changed, () => rolloutText(output.colours, changed));
    });
}
