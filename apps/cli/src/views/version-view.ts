import type { VersionState, VersionView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { profilesText, unfitText } from './profiles-text.js';
import { provenanceText } from './provenance-view.js';
import { cell, fields, table } from './table.js';
import { ago, bytes, localTime } from './words.js';

export function versionText(colours: Colours, version: VersionView): string {
  const head = fields(colours, [
    ['version', colours.bold(cell(`${version.model}@${version.version}`))],
    ['state', versionState(colours, version.state)],
    ['labels', cell(version.labels.join(', '))],
    ['pushed', ago(version.createdAt)],
    ['validated', ago(version.validatedAt)],
    ['released', ago(version.releasedAt)],
    ...retiredPair(colours, version),
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
    ...profilesPart(colours, version),
    ...(version.unfit?.length ? [version.unfit.map(unfitText).join('\n')] : []),
    ...(version.provenance ? [provenanceText(colours, version.provenance)] : []),
  ].join('\n\n');
}

/** A retired version is measured no more, so that nobody is asked to. */
const profilesPart = (colours: Colours, { profiles, retired }: VersionView): string[] =>
  profiles && (profiles.length > 0 || !retired) ? [profilesText(colours, profiles)] : [];

const retiredPair = (colours: Colours, { retired }: VersionView): [string, string][] =>
  retired ? [['retired', colours.red(`${localTime(retired.at)}: ${cell(retired.why)}`)]] : [];

export function versionState(colours: Colours, state: VersionState): string {
  if (state === 'released') return colours.green(state);
  return state === 'retired' ? colours.dim(state) : colours.yellow(state);
}
