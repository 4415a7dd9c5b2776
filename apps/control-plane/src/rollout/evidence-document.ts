import { TaskComparison } from '@hamon/contracts';
import type { EvidenceGroup, StageEvidence } from '@hamon/rollout';
import { frameCount, type ContingencyTable } from '@hamon/stats';
import { z } from 'zod';
import { named, readDocument } from './stored-document.js';

const count = z.int().min(0);
// Sums of many windows: the limits of a single window's message do not apply.
const Sketch = z.object({
  count,
  sum: z.number(),
  min: z.number(),
  max: z.number(),
  bins: z.array(z.tuple([z.int(), count])),
});
const Side = z.object({
  frames: count,
  failures: count,
  answering: Sketch,
  shadowing: Sketch,
  arrivals: z.object({ frames: count, undecodable: count, mismatched: count }).exactOptional(),
});
const GROUP = {
  variant: z.string(),
  hardwareClass: z.string(),
  windows: count,
  candidate: Side,
  control: Side,
  freshFrames: count,
  freshFailures: count,
  unpairedFrames: count,
};
const STAGE = {
  stage: count,
  leftOut: z.array(z.object({ device: z.string(), why: z.string() })).exactOptional(),
};

const SCHEMA = 'hamon.rollout-evidence/2';
const Evidence = z.object({
  schema: z.literal(SCHEMA),
  ...STAGE,
  groups: z.array(
    z.object({ ...GROUP, compared: TaskComparison.nullable(), freshCompared: TaskComparison.nullable() }),
  ),
});

const Table = z.object({ labels: z.array(z.string()), cells: z.array(z.tuple([count, count, count])) });
/** Of classification alone; read for ever. */
const EvidenceV1 = z.object({
  schema: named('hamon.rollout-evidence/1'),
  ...STAGE,
  groups: z.array(z.object({ ...GROUP, paired: Table, freshPaired: Table })),
});

export const writeEvidence = (evidence: StageEvidence): string =>
  JSON.stringify({ schema: SCHEMA, ...evidence });

/** @throws Error with rollout, field and rule, where neither this release nor an earlier one wrote the row */
export function readEvidence(id: string, stored: unknown): StageEvidence {
  const what = `evidence of rollout ${id}`;
  if (!isCurrent(stored)) {
    const { schema: _, groups, ...stage } = readDocument(what, EvidenceV1, stored);
    return { ...stage, groups: groups.map(withComparison) };
  }
  const { schema: _, ...evidence } = readDocument(what, Evidence, stored);
  return evidence;
}

const isCurrent = (stored: unknown): boolean =>
  typeof stored === 'object' && stored !== null && 'schema' in stored && stored.schema === SCHEMA;

const withComparison = ({
  paired,
  freshPaired,
  ...group
}: z.output<typeof EvidenceV1>['groups'][number]): EvidenceGroup => ({
  ...group,
  compared: comparisonOf(paired),
  freshCompared: comparisonOf(freshPaired),
});

function comparisonOf(table: ContingencyTable): TaskComparison | null {
  const frames = frameCount(table);
  if (frames === 0) return null;
  const cells = table.cells.map((cell): [number, number, number] => [...cell]);
  return { kind: 'classification/1', frames, table: { labels: [...table.labels], cells } };
}
