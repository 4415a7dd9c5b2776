import { printable } from '@hamon/contracts';
import type { Severity } from './finding.js';
import type { NamedFinding } from './run-checks.js';

/** `hamon.doctor/1` */
export interface DoctorReport {
  readonly schema: 'hamon.doctor/1';
  readonly ok: boolean;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly findings: readonly NamedFinding[];
}

export function reportOf(findings: readonly NamedFinding[]): DoctorReport {
  const counts = { ok: 0, skip: 0, warn: 0, fail: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return { schema: 'hamon.doctor/1', ok: counts.fail === 0, counts, findings };
}

const MARKS: Readonly<Record<Severity, string>> = { ok: 'ok', skip: '-', warn: 'WARN', fail: 'FAIL' };
const MARK_WIDTH = 6;
const NAME_WIDTH = 13;

/** For the person at the cabinet: what is wrong stands out, and says what to type. */
export function describeReport({ findings, counts }: DoctorReport): string {
  const lines = findings.flatMap(({ check, severity, about, says, command }) => [
    `${MARKS[severity].padEnd(MARK_WIDTH)}${check.padEnd(NAME_WIDTH)}${about === undefined ? '' : `${about}: `}${says}`,
    ...(command === undefined ? [] : [`${''.padEnd(MARK_WIDTH)}${'→'.padEnd(NAME_WIDTH)}${command}`]),
  ]);
  return `${[...lines.map(printable), '', summaryOf(counts)].join('\n')}\n`;
}

function summaryOf({ ok, warn, fail }: DoctorReport['counts']): string {
  const parts = [
    ...(fail > 0 ? [`${fail} failed`] : []),
    ...(warn > 0 ? [`${warn} ${warn === 1 ? 'warning' : 'warnings'}`] : []),
    `${ok} ok`,
  ];
  return parts.join(', ');
}
