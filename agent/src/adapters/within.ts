/** Work with a signal of its own, which is aborted with `signal` or after `ms`; nothing of it stays on `signal`. */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.any: what it makes is held by a signal that lives as long as the agent.
  const limit = new AbortController();
  const abort = (): void => limit.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => limit.abort(new DOMException('it took too long', 'TimeoutError')), ms);
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
