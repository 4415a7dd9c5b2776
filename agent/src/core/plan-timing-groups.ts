/**
 * Which variants are loaded side by side and measured in turns, so that whatever the machine does hits all of them
 * alike: all at once where that many fit, else each one beside the reference.
 *
 * @param capacity models that fit into memory beside each other
 * @returns undefined where not even two fit
 */
export function planTimingGroups(
  variants: readonly string[],
  reference: string,
  capacity: number,
): readonly (readonly string[])[] | undefined {
  const others = variants.filter((variant) => variant !== reference);
  if (capacity >= variants.length) return [[reference, ...others]];
  if (capacity < 2) return undefined;
  return others.map((variant) => [reference, variant]);
}
