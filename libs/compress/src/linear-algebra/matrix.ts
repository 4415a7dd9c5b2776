/** The product of a `rows × inner` and an `inner × columns` matrix; all are row-major. */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i += 1)
    for (let k = 0; k < inner; k += 1) {
      const factor = a[i * inner + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < columns; j += 1)
        product[i * columns + j] =
          (product[i * columns + j] as number) + factor * (b[k * columns + j] as number);
    }
  return product;
}

/** The `columns × rows` transpose of a `rows × columns` matrix, both row-major. */
export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i += 1)
    for (let j = 0; j < columns; j += 1) turned[j * rows + i] = a[i * columns + j] as number;
  return turned;
}
