/**
 * Tells once that `progress` has not moved for `ms`; returns how to stop listening. A slow link that still carries bytes
 * is not silent, however long a single answer takes to get through behind them.
 */
export function onSilence(ms: number, progress: () => number, tell: () => void): () => void {
  let seen = progress();
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    timer = setTimeout(look, ms);
    timer.unref();
  };
  const look = (): void => {
    const now = progress();
    if (now === seen) {
      tell();
      return;
    }
    seen = now;
    wait();
  };
  wait();
  return () => clearTimeout(timer);
}
