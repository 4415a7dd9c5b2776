/** Polls until the condition holds; the deadline only ends a test that would hang. */
export async function until(what: string, holds: () => boolean, deadlineMs = 180_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
