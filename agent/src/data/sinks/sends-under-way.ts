const GRACE_MS = 1000;

/** What a sink has handed over and nobody has confirmed yet. */
export class SendsUnderWay {
  private readonly sends = new Set<Promise<void>>();

  get count(): number {
    return this.sends.size;
  }

  /** @param send never rejects */
  add(send: Promise<void>): void {
    const sending = send.finally(() => this.sends.delete(sending));
    this.sends.add(sending);
  }

  /** Settles when they are confirmed; a receiver that does not do so must not hold up the agent's end. */
  async settle(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE_MS);
    });
    await Promise.race([Promise.all(this.sends), impatience]);
    clearTimeout(timer);
  }
}
