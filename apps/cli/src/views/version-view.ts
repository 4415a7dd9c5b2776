import type { VersionState, VersionView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { profilesText, unfitText } from './profiles-text.js';
import { provenanceText } from './provenance-view.js';
import { cell, fields, table } from './table.js';
import { ago, bytes } from './words.js';

export function versionText(colours: Colours, version: VersionView): string {
  const head = fields(colours, [
    ['version', colours.bold(cell(`${version.model}@${version.version}`))],
    ['state', versionState(colours, version.state)],
    ['labels', cell(version.labels.join(', '))],
    ['pushed', ago(version.createdAt)],
    ['validated', ago(version.validatedAt)],
    ['released', ago(version.releasedAt)],
  ]);
  const rows = version.variants.map((variant) => [
    cell(variant.name),
    bytes(variant.modelBytes),
    bytes(variant.lengthBytes),
    variant.bundle,
  ]);
  return [
    head,
    table(colours, ['VARIANT', 'MODEL', 'BUNDLE', 'BUNDLE DIGEST'], rows),
    ...(version.profiles ? [profilesText(colours, version.profiles)] : []),
    ...(version.unfit?.length ? [version.unfit.map(unfitText).join('\n')] : []),
    ...(version.provenance ? [provenanceText(colours, version.provenance)] : []),
  ].join('\n\n');
}

export function versionState(colours: Colours, state: VersionState): string {
  if (state === 'released') return colours.green(state);
  return state === 'retired' ? colours.dim(state) : colours.yellow(state);
}
