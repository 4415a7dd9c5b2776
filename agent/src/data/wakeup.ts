/** Somebody waits for a time or for news, whichever comes first. News that comes while nobody waits ends the next wait. */
export class Wakeup {
  private isWoken = false;
  private onWoken: () => void = () => undefined;

  wake(): void {
    this.isWoken = true;
    this.onWoken();
  }

  /** @param ms without it, until there is news */
  async sleep(ms: number | undefined, signal: AbortSignal): Promise<void> {
    if (!this.isWoken && !signal.aborted) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.onWoken = resolve;
        signal.addEventListener('abort', this.onWoken, { once: true });
        if (ms !== undefined) timer = setTimeout(resolve, ms);
      });
      clearTimeout(timer);
      signal.removeEventListener('abort', this.onWoken);
    }
    this.isWoken = false;
    this.onWoken = () => undefined;
  }
}
