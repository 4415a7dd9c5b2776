/**
 * Looks at a use of memory again and again, and tells of the first that is above the limit; a system that cannot say
 * (`undefined`) is not asked again, one that fails to this time is.
 * @returns what ends the watch
 */
export function watchUse(
  look: () => Promise<number | undefined>,
  maxMb: number,
  onOver: (usedMb: number) => void,
  everyMs: number,
): () => void {
  let timer: NodeJS.Timeout;
  let over = false;
  const again = (): void => {
    timer = setTimeout(() => void once(), everyMs);
    timer.unref();
  };
  const once = async (): Promise<void> => {
    let usedMb: number | undefined;
    try {
      usedMb = await look();
    } catch {
      // Not to be known just now is neither little nor a system that never can say.
      if (!over) again();
      return;
    }
    if (over || usedMb === undefined) return;
    if (usedMb > maxMb) onOver(usedMb);
    else again();
  };
  again();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
