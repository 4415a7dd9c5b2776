/** Labels that a summary names; a window has to fit into its message with all that is beside them. */
const MOST_LABELS = 1000;
const MOST_BYTES = 64 * 1024;

export interface CountedLabels {
  readonly labels: Record<string, number>;
  readonly others: number;
}

/** The commonest labels by name, as many as there is room for, and all others together. */
export function commonestLabels(counts: ReadonlyMap<string, number>, others = 0): CountedLabels {
  const byCount = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const labels: Record<string, number> = {};
  let [left, bytes, kept] = [others, 0, 0];
  for (const [label, count] of byCount) {
    bytes += bytesOf(label);
    if (kept < MOST_LABELS && bytes <= MOST_BYTES) {
      labels[label] = count;
      kept += 1;
    } else {
      left += count;
    }
  }
  return { labels, others: left };
}

export function mergeLabels(a: CountedLabels, b: CountedLabels): CountedLabels {
  const counts = new Map(Object.entries(a.labels));
  for (const [label, n] of Object.entries(b.labels)) counts.set(label, (counts.get(label) ?? 0) + n);
  return commonestLabels(counts, a.others + b.others);
}

const bytesOf = (label: string): number => new TextEncoder().encode(JSON.stringify(label)).byteLength;
