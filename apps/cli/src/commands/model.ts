import { ModelView, VersionView } from '@hamon/contracts';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { ago, coloured, megabytes, table } from '../output.js';
import { pushBundle } from '../push-bundle.js';
import { parseVersionRef } from '../version-ref.js';

const VERSION_HEAD = ['VERSION', 'STATE', 'VARIANTS', 'MODEL SIZE', 'CREATED'];

const versionRow = (version: VersionView): string[] => [
  version.version,
  coloured(version.state),
  version.variants.map(({ name }) => name).join(', '),
  version.variants.map(({ modelBytes }) => megabytes(modelBytes)).join(', '),
  ago(version.createdAt),
];

export function addModelCommands(program: Command): void {
  const model = program.command('model').description('models and their versions');

  model
    .command('create')
    .argument('<name>', 'lower-case name, for example tile-inspector')
    .requiredOption('--task <task>', 'what the model does: classification')
    .description('begin a line of work')
    .action(async (name: string, options: { task: string }, command: Command) => {
      const { api, output } = await contextOf(command);
      const created = await api.post('/v1/models', { name, task: options.task }, ModelView);
      output.result({ schema: 'hamon.model/1', ...created }, () => `created ${created.name}`);
    });

  model
    .command('push')
    .argument('<name@version>', 'must equal what bundle.json says')
    .requiredOption('--bundle <dir>', 'the bundle folder: bundle.json, model files, golden samples')
    .description('upload a version and have it validated')
    .action(async (text: string, options: { bundle: string }, command: Command) => {
      const ref = parseVersionRef(text);
      const { api, output } = await contextOf(command);
      const pushed = await pushBundle(api, ref, options.bundle, ({ path, length }, outcome) =>
        output.note(
          `${outcome === 'uploaded' ? 'uploaded' : 'already there'}  ${path} (${megabytes(length)})`,
        ),
      );
      output.result(
        {
          schema: 'hamon.version/1',
          ...pushed.version,
          uploadedBytes: pushed.uploadedBytes,
          presentBytes: pushed.presentBytes,
        },
        () => `${text} is ${coloured(pushed.version.state)}: ${megabytes(pushed.uploadedBytes)} uploaded`,
      );
    });

  model
    .command('release')
    .argument('<name@version>')
    .description('allow a validated version to be rolled out')
    .action(async (text: string, _options: unknown, command: Command) => {
      const ref = parseVersionRef(text);
      const { api, output } = await contextOf(command);
      const released = await api.post(
        `/v1/models/${ref.model}/versions/${ref.version}/release`,
        {},
        VersionView,
      );
      output.result(
        { schema: 'hamon.version/1', ...released },
        () => `${text} is ${coloured(released.state)}`,
      );
    });

  model
    .command('serve')
    .argument('<name@version>')
    .option('--variant <name>', 'which variant answers', 'fp32')
    .description('let this version answer frames that devices send to the cloud')
    .action(async (text: string, options: { variant: string }, command: Command) => {
      const ref = parseVersionRef(text);
      const { api, output } = await contextOf(command);
      const body = { version: ref.version, variant: options.variant };
      const served = await api.put(`/v1/models/${ref.model}/cloud`, body, ModelView);
      output.result(
        { schema: 'hamon.model/1', ...served },
        () => `the cloud model of ${ref.model} is ${ref.version} (${options.variant})`,
      );
    });

  model
    .command('ls')
    .description('list models')
    .action(async (_options: unknown, command: Command) => {
      const { api, output } = await contextOf(command);
      const models = await api.list('/v1/models', ModelView);
      output.result({ schema: 'hamon.models/1', items: models }, () =>
        table(
          ['MODEL', 'TASK', 'CLOUD MODEL', 'CREATED'],
          models.map(({ name, task, cloud, createdAt }) => [
            name,
            task,
            cloud ? `${cloud.version} (${cloud.variant})` : '-',
            ago(createdAt),
          ]),
        ),
      );
    });

  model
    .command('show')
    .argument('<name[@version]>')
    .description('show a model with its versions, or one version')
    .action(async (text: string, _options: unknown, command: Command) => {
      const { api, output } = await contextOf(command);
      if (text.includes('@')) {
        const ref = parseVersionRef(text);
        const version = await api.get(`/v1/models/${ref.model}/versions/${ref.version}`, VersionView);
        output.result({ schema: 'hamon.version/1', ...version }, () => showVersion(version));
        return;
      }
      const shown = await api.get(`/v1/models/${encodeURIComponent(text)}`, ModelView);
      const versions = await api.list(`/v1/models/${encodeURIComponent(text)}/versions`, VersionView);
      output.result({ schema: 'hamon.model/1', ...shown, versions }, () =>
        [`${shown.name} (${shown.task})`, '', table(VERSION_HEAD, versions.map(versionRow))].join('\n'),
      );
    });
}

function showVersion(version: VersionView): string {
  return [
    `${version.model}@${version.version}  ${coloured(version.state)}`,
    `labels      ${version.labels.join(', ')}`,
    `created     ${version.createdAt}`,
    `validated   ${version.validatedAt ?? '-'}`,
    `released    ${version.releasedAt ?? '-'}`,
    '',
    table(
      ['VARIANT', 'MODEL SIZE', 'BUNDLE SIZE', 'BUNDLE DIGEST'],
      version.variants.map(({ name, modelBytes, lengthBytes, bundle }) => [
        name,
        megabytes(modelBytes),
        megabytes(lengthBytes),
        bundle,
      ]),
    ),
  ].join('\n');
}
