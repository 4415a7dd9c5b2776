import type { LabelChangeView, RolloutView } from '@hamon/contracts';
import { cell } from './table.js';
import { countOf } from './words.js';

const MOST_NAMED = 5;

/** `differ from 1.0.0 on 6 devices (new: glare; gone: dent)`; empty where all labels are the same. */
export function labelChangesText({ labelChanges, labelsApprovedBy }: RolloutView): string {
  if (labelChanges.length === 0) return '';
  const versions = labelChanges.map(
    (change) =>
      `differ from ${cell(change.version)} on ${countOf(change.devices, 'device')} (${changeText(change)})`,
  );
  const approved = labelsApprovedBy === null ? '' : `, as ${cell(labelsApprovedBy)} approved`;
  return `${versions.join('; ')}; answers are not compared there${approved}`;
}

function changeText({ added, gone, moved }: LabelChangeView): string {
  const places = moved.first.map(({ label, from, to }) => `${label} (${from} → ${to})`);
  return [
    ...named('new', added.count, added.first),
    ...named('gone', gone.count, gone.first),
    ...named('changed place', moved.count, places),
  ].join('; ');
}

function named(what: string, count: number, first: readonly string[]): string[] {
  if (count === 0) return [];
  const told = first.slice(0, MOST_NAMED).map((label) => cell(label));
  return [
    `${what}: ${[...told, ...(count > told.length ? [`${count - told.length} more`] : [])].join(', ')}`,
  ];
}
