import type { ChannelGraph, DenseLayer } from './channel-graph.js';

/** Channels that come from the same layers: one decision about how many of them stay. */
export interface ChannelSpace {
  /** Classes of channels, in order. */
  readonly classes: readonly number[];
  /** The layers that make them; several where their outputs are added. */
  readonly makers: readonly DenseLayer[];
  readonly readers: readonly DenseLayer[];
}

/**
 * Features that a layer reads at most for the channels that it reads to go: 256 channels under 3×3 pixels. The time to invert
 * the moments of more grows with the third power, to minutes for each layer, and the memory with the second, past 1 GB.
 */
export const MAX_FEATURES = 2304;

export interface FoundSpaces {
  /**
   * All spaces of which channels can be removed: nobody outside needs them in place, at least one layer reads them, and every
   * reader can be refitted.
   */
  readonly spaces: readonly ChannelSpace[];
  /** Layers that read more than {@link MAX_FEATURES}, on whose account alone channels stay. */
  readonly tooWide: readonly DenseLayer[];
}

export function findSpaces({ classes, layers }: ChannelGraph): FoundSpaces {
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
  const tooWide = new Set<DenseLayer>();
  for (const { members, makers } of spaces.values()) {
    const own = new Set(members);
    const readers = layers.filter(({ reads }) => reads?.some((channel) => own.has(classes.find(channel))));
    if (readers.length === 0) continue;
    const wide = readers.filter(({ reads }) => (reads?.length ?? 0) > MAX_FEATURES);
    for (const reader of wide) tooWide.add(reader);
    if (wide.length > 0) continue;
    found.push({ classes: members, makers: [...makers], readers });
  }
  return { spaces: found, tooWide: [...tooWide] };
}
