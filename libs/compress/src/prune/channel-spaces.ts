import type { ChannelGraph, DenseLayer } from './channel-graph.js';

/** Channels that come from the same layers: one decision about how many of them stay. */
export interface ChannelSpace {
  /** Classes of channels, in order. */
  readonly classes: readonly number[];
  /** The layers that make them; several where their outputs are added. */
  readonly makers: readonly DenseLayer[];
  readonly readers: readonly DenseLayer[];
}

/** More features than this and the moments of one layer are too large to invert in reasonable time and memory. */
const MAX_FEATURES = 1536;

/**
 * All spaces of which channels can be removed: nobody outside needs them in place, at least one layer reads them, and every
 * reader can be refitted.
 */
export function findSpaces({ classes, layers }: ChannelGraph): readonly ChannelSpace[] {
  const makersOf = new Map<number, Set<DenseLayer>>();
  for (const layer of layers)
    for (const channel of layer.makes) {
      const key = classes.find(channel);
      makersOf.set(key, (makersOf.get(key) ?? new Set()).add(layer));
    }
  const spaces = new Map<string, { members: number[]; makers: Set<DenseLayer> }>();
  for (const [key, makers] of [...makersOf].sort(([a], [b]) => a - b)) {
    if (classes.isPinned(key)) continue;
    const name = [...makers].map((layer) => layers.indexOf(layer)).join();
    const space = spaces.get(name) ?? { members: [], makers };
    space.members.push(key);
    spaces.set(name, space);
  }
  const found: ChannelSpace[] = [];
  for (const { members, makers } of spaces.values()) {
    const own = new Set(members);
    const readers = layers.filter(({ reads }) => reads?.some((channel) => own.has(classes.find(channel))));
    if (readers.length === 0 || readers.some(({ reads }) => (reads?.length ?? 0) > MAX_FEATURES)) continue;
    found.push({ classes: members, makers: [...makers], readers });
  }
  return found;
}
