/**
 * Does something with a signal that is aborted with the given one, or after a while. By a timer of its own: signals that are made of
 * others (`AbortSignal.any`) may be collected in Node.js 20 before they abort.
 */
export async function limited<T>(
  signal: AbortSignal,
  limitMs: number,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const abort = (): void => own.abort();
  const timer = setTimeout(abort, limitMs);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await act(own.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
