/** How to give back what a start has opened so far. */
export class Releases {
  private readonly stack: (() => Promise<void>)[] = [];

  add(release: () => Promise<void>): void {
    this.stack.push(release);
  }

  /** Newest first. The failure of a release must not hide the failure that led here. */
  async release(): Promise<void> {
    for (const release of this.stack.splice(0).reverse()) await release().catch(() => undefined);
  }
}
