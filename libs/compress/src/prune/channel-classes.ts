/**
 * Union-find over channels of all tensors: what is added to each other, scaled by one another or computed channel by channel
 * is one class, and only a whole class can be removed.
 */
export class ChannelClasses {
  private readonly parents: number[] = [];
  private readonly pinned = new Set<number>();

  /** New channels, each a class of its own. */
  create(count: number): number[] {
    const first = this.parents.length;
    const created = Array.from({ length: count }, (_, index) => first + index);
    this.parents.push(...created);
    return created;
  }

  /** The class of a channel, named by its oldest channel. */
  find(channel: number): number {
    let root = channel;
    while (this.parents[root] !== root) root = this.parents[root] as number;
    for (let at = channel; at !== root;) {
      const next = this.parents[at] as number;
      this.parents[at] = root;
      at = next;
    }
    return root;
  }

  unite(a: number, b: number): void {
    const [older, younger] = [this.find(a), this.find(b)].sort((x, y) => x - y) as [number, number];
    if (older === younger) return;
    this.parents[younger] = older;
    if (this.pinned.delete(younger)) this.pinned.add(older);
  }

  /** Somebody needs the channel where it is: its class stays. */
  pin(channels: Iterable<number>): void {
    for (const channel of channels) this.pinned.add(this.find(channel));
  }

  isPinned(channel: number): boolean {
    return this.pinned.has(this.find(channel));
  }
}
