import type { ModelView, VersionView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell, fields, table } from './table.js';
import { versionState } from './version-view.js';
import { ago, bytes } from './words.js';

export function modelsText(colours: Colours, models: readonly ModelView[]): string {
  const rows = models.map((model) => [
    cell(model.name),
    cell(model.task),
    cloudOf(model),
    ago(model.createdAt),
  ]);
  return table(colours, ['MODEL', 'TASK', 'CLOUD', 'CREATED'], rows);
}

export function modelText(colours: Colours, model: ModelView, versions: readonly VersionView[]): string {
  const head = fields(colours, [
    ['model', colours.bold(cell(model.name))],
    ['task', cell(model.task)],
    ['cloud', cloudOf(model)],
    ['created', ago(model.createdAt)],
  ]);
  if (versions.length === 0) {
    return `${head}\n\nNo versions yet. Push one with: hamon model push ${model.name}@1.0.0 --bundle DIR`;
  }
  const rows = versions.map((version) => [
    cell(version.version),
    versionState(colours, version.state),
    version.variants.map(({ name, modelBytes }) => `${cell(name)} ${bytes(modelBytes)}`).join(', '),
    ago(version.createdAt),
  ]);
  return `${head}\n\n${table(colours, ['VERSION', 'STATE', 'VARIANTS', 'PUSHED'], rows)}`;
}

const cloudOf = ({ cloud }: ModelView): string =>
  cloud ? `${cell(cloud.version)} ${cell(cloud.variant)}` : '-';
