import { CreateModel, ModelView, ORIGINAL_VARIANT, TASK_NAMES, VersionView } from '@hamon/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { modelText, modelsText } from '../views/model-view.js';
import { versionText } from '../views/version-view.js';
import { modelName, modelOrVersion, variantName, versionRef, type VersionRef } from './arguments.js';
import { addListCommand, whereFields } from './list-command.js';

export function addModelCommands(model: Command, context: CommandContext): void {
  addCreate(model, context);
  addList(model, context);
  addShow(model, context);
  addRelease(model, context);
  addRetire(model, context);
  addServe(model, context);
}

function addCreate(model: Command, context: CommandContext): void {
  model
    .command('create')
    .description('create a model: a named line of work that versions are pushed to')
    .argument('<name>', 'for example tile-inspector', modelName)
    .requiredOption('--task <task>', `what the model does: ${TASK_NAMES.join(', ')}`, task)
    .action(async (name: string, options: { task: CreateModel['task'] }, command: Command) => {
      const { api, output } = await context.session(command);
      const created = await api.call('POST /v1/models', ModelView, { body: { name, task: options.task } });
      output.answer('model', created, () => `Model ${created.name} created (${created.task}).`);
    });
}

function task(text: string): CreateModel['task'] {
  const parsed = CreateModel.shape.task.safeParse(text);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues[0]?.message ?? `it must be one of ${TASK_NAMES.join(', ')}`;
  throw new InvalidArgumentError(`${why}.`);
}

function addList(model: Command, context: CommandContext): void {
  addListCommand(model, context, {
    description: 'list the models',
    page: (api, asked) => api.page('GET /v1/models', ModelView, asked),
    kind: 'models',
    noun: ['model', 'models'],
    where: {
      example: 'task=classification',
      help: whereFields('name, task, cloud (the version that answers)'),
    },
    none: 'No models yet. Begin one with: hamon model create NAME --task TASK',
    table: modelsText,
  });
}

function addShow(model: Command, context: CommandContext): void {
  model
    .command('show')
    .description('show a model with its versions, or one version with its variants')
    .argument('<name[@version]>', 'for example tile-inspector or tile-inspector@2.0.0', modelOrVersion)
    .action(async (named: ReturnType<typeof modelOrVersion>, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const { model, version: wanted } = named;
      if (wanted !== undefined) {
        const params = { model, version: wanted };
        const version = await api.call('GET /v1/models/{model}/versions/{version}', VersionView, { params });
        output.answer('version', version, () => versionText(output.colours, version));
        return;
      }
      const params = { model };
      const shown = await api.call('GET /v1/models/{model}', ModelView, { params });
      const versions = await api.list('GET /v1/models/{model}/versions', VersionView, { params });
      output.answer('model', { ...shown, versions }, () => modelText(output.colours, shown, versions));
    });
}

function addRelease(model: Command, context: CommandContext): void {
  model
    .command('release')
    .description('release a validated version: only released ones can be rolled out')
    .argument('<name@version>', 'for example tile-inspector@2.0.0', versionRef)
    .action(async (ref: VersionRef, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const released = await api.call('POST /v1/models/{model}/versions/{version}/release', VersionView, {
        params: ref,
      });
      output.answer('version', released, () => `${released.model}@${released.version} is ${released.state}.`);
    });
}

function addRetire(model: Command, context: CommandContext): void {
  model
    .command('retire')
    .description('retire a version: nothing new starts with it; devices that run it keep it')
    .argument('<name@version>', 'for example tile-inspector@2.0.0', versionRef)
    .requiredOption('--why <reason>', 'kept in the audit ledger')
    .addHelpText(
      'after',
      `
It can no longer be rolled out, served or measured. Refused while a rollout to it is under way, or while it answers in
the cloud. Devices that run it keep it until a rollout brings another version; a rollout may still go back to it.`,
    )
    .action(async (ref: VersionRef, { why }: { why: string }, command: Command) => {
      const { api, output } = await context.session(command);
      const retired = await api.call('POST /v1/models/{model}/versions/{version}/retire', VersionView, {
        params: ref,
        body: { why },
      });
      output.answer('version', retired, () => versionText(output.colours, retired));
    });
}

function addServe(model: Command, context: CommandContext): void {
  model
    .command('serve')
    .description('choose the version that answers in the cloud when a device cannot')
    .argument('<name@version>', 'for example tile-inspector@2.0.0', versionRef)
    .option('--variant <name>', 'which of its variants', variantName, ORIGINAL_VARIANT)
    .action(async (ref: VersionRef, { variant }: { variant: string }, command: Command) => {
      const { api, output } = await context.session(command);
      const served = await api.call('PUT /v1/models/{model}/cloud', ModelView, {
        params: { model: ref.model },
        body: { version: ref.version, variant },
      });
      output.answer(
        'model',
        served,
        () => `${ref.model}@${ref.version} (${variant}) now answers for ${ref.model} in the cloud.`,
      );
    });
}
