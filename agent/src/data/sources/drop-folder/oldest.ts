/**
 * The `most` first of however many, in a heap that never holds more: a folder of a hundred thousand files is gone through
 * once for the next few thousand of them.
 */
export class Oldest<T> {
  /** The last of those kept is at the top. */
  private readonly heap: T[] = [];
  private passed = 0;

  /** @param compare negative where the first one comes first */
  constructor(
    private readonly most: number,
    private readonly compare: (a: T, b: T) => number,
  ) {}

  /** All that there were. */
  get total(): number {
    return this.passed;
  }

  add(item: T): void {
    this.passed += 1;
    const { heap, compare, most } = this;
    if (heap.length < most) {
      heap.push(item);
      this.rise(heap.length - 1);
    } else if (most > 0 && compare(item, heap[0] as T) < 0) {
      heap[0] = item;
      this.sink();
    }
  }

  /** First things first. */
  sorted(): T[] {
    return [...this.heap].sort(this.compare);
  }

  private rise(from: number): void {
    const { heap, compare } = this;
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (compare(heap[at] as T, heap[parent] as T) <= 0) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(): void {
    const { heap, compare } = this;
    for (let at = 0; ;) {
      let last = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && compare(heap[child] as T, heap[last] as T) > 0) last = child;
      }
      if (last === at) return;
      this.swap(at, last);
      at = last;
    }
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    [heap[a], heap[b]] = [heap[b] as T, heap[a] as T];
  }
}
