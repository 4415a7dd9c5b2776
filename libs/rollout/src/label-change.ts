/** A few of maybe many: they lie in one row and are told in sentences. */
export interface Some<T> {
  readonly count: number;
  readonly first: readonly T[];
}

/** A label that both versions have, at different places of the output, from 0. */
export interface MovedLabel {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

/** How a version's labels differ from those of the version that it replaces. */
export interface LabelChange {
  readonly added: Some<string>;
  readonly gone: Some<string>;
  readonly moved: Some<MovedLabel>;
}

/** A version that devices of the cohort ran when the rollout began, and whose labels are others. */
export interface Relabelling extends LabelChange {
  readonly version: string;
  /** Of all its variants. */
  readonly bundles: readonly string[];
  /** Members that ran it. */
  readonly devices: number;
}

const MOST_KEPT = 10;
const MOST_TOLD = 3;

/** Null where both have the same labels in the same order: devices compare answers by their place. */
export function labelChange(before: readonly string[], after: readonly string[]): LabelChange | null {
  const places = new Map(before.map((label, i) => [label, i]));
  const known = new Set(after);
  const added = after.filter((label) => !places.has(label));
  const gone = before.filter((label) => !known.has(label));
  const moved = after.flatMap((label, to) => {
    const from = places.get(label);
    return from === undefined || from === to ? [] : [{ label, from, to }];
  });
  if (added.length + gone.length + moved.length === 0) return null;
  return { added: someOf(added), gone: someOf(gone), moved: someOf(moved) };
}

const someOf = <T>(all: readonly T[]): Some<T> => ({ count: all.length, first: all.slice(0, MOST_KEPT) });

/** `labels differ from 1.0.0 (new: glare, dust; gone: dent; changed place: crack (1 → 2))` */
export function relabellingText(changes: readonly (LabelChange & Pick<Relabelling, 'version'>)[]): string {
  const versions = changes.slice(0, MOST_TOLD).map((change) => `${change.version} (${changeText(change)})`);
  const more = changes.length - versions.length;
  return `labels differ from ${[...versions, ...(more > 0 ? [`${more} more versions`] : [])].join(', ')}`;
}

function changeText({ added, gone, moved }: LabelChange): string {
  const parts: readonly [string, Some<string>][] = [
    ['new', added],
    ['gone', gone],
    [
      'changed place',
      { ...moved, first: moved.first.map(({ label, from, to }) => `${label} (${from} → ${to})`) },
    ],
  ];
  return parts
    .filter(([, { count }]) => count > 0)
    .map(([what, some]) => `${what}: ${someText(some)}`)
    .join('; ');
}

function someText({ count, first }: Some<string>): string {
  const told = first.slice(0, MOST_TOLD);
  return [...told, ...(count > told.length ? [`${count - told.length} more`] : [])].join(', ');
}
