import type { GateCheck, LatecomersView, RolloutMemberView, RolloutView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { latecomersText } from './rollout-devices.js';
import { rolloutText } from './rollout-view.js';
import { listText, type Listed } from './list-text.js';
import { stateText } from './state-text.js';
import { cell, table } from './table.js';

/** A rollout with what its gate saw last and with a page of its devices. */
export function rolloutDetails(
  colours: Colours,
  rollout: RolloutView,
  members: Listed<RolloutMemberView>,
  latecomers: LatecomersView | null = null,
): string {
  const parts = [rolloutText(colours, rollout)];
  const judged = rollout.stages.findLastIndex(({ judgement }) => judgement !== null);
  const judgement = rollout.stages[judged]?.judgement;
  if (judgement && judgement.checks.length > 0) {
    const several = judgement.checks.some(({ variant }) => variant !== undefined);
    const rows = judgement.checks.map((check) => [
      ...(several ? [cell(check.variant)] : []),
      check.name,
      stateText(colours, check.verdict),
      check.evidence,
      cell(check.detail),
    ]);
    const deciding = judgement.checks.filter(({ verdict }) => verdict !== 'pass').map(figuresLine);
    parts.push(
      [
        `Gate of stage ${judged + 1}`,
        table(colours, [...(several ? ['VARIANT'] : []), 'CHECK', 'VERDICT', 'EVIDENCE', 'DETAIL'], rows),
        ...deciding.map((line) => colours.dim(line)),
      ].join('\n'),
    );
  }
  if (members.items.length > 0) parts.push(listText(colours, MEMBERS, members, { isNarrowed: false }));
  const late = latecomersText(rollout, latecomers);
  if (late !== '') parts.push(late);
  return parts.join('\n\n');
}

const MEMBERS = {
  noun: ['device', 'devices'],
  none: '',
  table: membersTable,
} as const;

function membersTable(colours: Colours, members: readonly RolloutMemberView[]): string {
  const rows = members.map((member) => [
    cell(member.device),
    String(member.stage + 1),
    cell(member.variant),
    stateText(colours, member.state),
    member.online ? 'yes' : colours.yellow('no'),
    cell(member.previousVersion),
    member.reason
      ? `${cell(member.reason.code)}: ${cell(member.reason.detail)}`
      : cell(member.waitsFor?.detail),
  ]);
  return table(
    colours,
    ['DEVICE', 'STAGE', 'VARIANT', 'STATE', 'ONLINE', 'BEFORE', 'WAITS FOR, REASON'],
    rows,
  );
}

/** The figures of a passed check are for `--json`; those that stopped a rollout are for whoever looks into it. */
function figuresLine({ name, variant, figures }: GateCheck): string {
  const numbers = Object.entries(figures).map(
    ([key, value]) => `${cell(key)}=${value === null ? '-' : figure(value)}`,
  );
  return `${variant === undefined ? '' : `${cell(variant)} `}${name}: ${numbers.join(' ')}`;
}

const figure = (value: number): string =>
  Number.isInteger(value)
    ? String(value)
    : value
        .toPrecision(3)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
