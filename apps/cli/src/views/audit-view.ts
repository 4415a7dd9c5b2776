import type { AuditEntryView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell, table } from './table.js';
import { localTime } from './words.js';

const LONGEST_DETAIL = 100;

export function auditText(colours: Colours, entries: readonly AuditEntryView[]): string {
  const rows = entries.map(({ at, actor, action, subject, detail }) => [
    localTime(at),
    cell(actor),
    cell(action),
    cell(subject),
    cell(detailText(detail)),
  ]);
  return table(colours, ['AT', 'ACTOR', 'ACTION', 'SUBJECT', 'DETAIL'], rows);
}

/** What explains it first; `--json` has it whole. */
function detailText(detail: AuditEntryView['detail']): string {
  const { why, text, ...rest } = detail;
  const said = why ?? text;
  if (typeof said === 'string') return clip(said);
  const pairs = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return clip(pairs.join(' '));
}

const clip = (text: string): string =>
  text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text;
