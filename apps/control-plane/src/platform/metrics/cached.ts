/** Scrapes in between get the last figures: the database is asked no more often than this, however many scrape. */
const KEPT_MS = 15_000;

/** What `read` answers, kept for a while and shared by all who ask; a failure is not kept. */
export function cached<T>(
  read: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let kept: { readonly atMs: number; readonly value: Promise<T> } | undefined;
  return () => {
    if (kept && now() - kept.atMs < KEPT_MS) return kept.value;
    const mine = { atMs: now(), value: read() };
    kept = mine;
    mine.value.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return mine.value;
  };
}
