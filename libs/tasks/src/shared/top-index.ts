/** The index of the largest value; the first one of equals. */
export function topIndex(values: ArrayLike<number>): number {
  let top = 0;
  for (let i = 1; i < values.length; i += 1) if ((values[i] as number) > (values[top] as number)) top = i;
  return top;
}
