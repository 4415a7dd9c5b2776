/** Dense symmetric matrices here are row-major `n × n`, both halves filled. */

/**
 * The lower factor `L` with `L·Lᵀ = a`.
 * @returns `undefined` where the matrix is not positive definite to working precision
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = a[i * n + j] as number;
      const [rowI, rowJ] = [i * n, j * n];
      for (let k = 0; k < j; k += 1) sum -= (l[rowI + k] as number) * (l[rowJ + k] as number);
      if (i !== j) l[rowI + j] = sum / (l[rowJ + j] as number);
      else if (sum > 0 && Number.isFinite(sum)) l[rowI + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return l;
}

/** Right-hand sides solved at a time: all rows of so many stay in a processor's cache where the factor does not. */
const COLUMNS = 32;

/** Solves `L·Lᵀ·x = b` for the `columns` right-hand sides of `b` (row-major `n × columns`). */
export function solveFactored(l: Float64Array, n: number, b: Float64Array, columns: number): Float64Array {
  const x = new Float64Array(n * columns);
  for (let from = 0; from < columns; from += COLUMNS) {
    const width = Math.min(COLUMNS, columns - from);
    const part = new Float64Array(n * width);
    for (let i = 0; i < n; i += 1)
      part.set(b.subarray(i * columns + from, i * columns + from + width), i * width);
    solvePart(l, n, part, width);
    for (let i = 0; i < n; i += 1) x.set(part.subarray(i * width, (i + 1) * width), i * columns + from);
  }
  return x;
}

/** In place; walks along the rows of the factor both ways. */
function solvePart(l: Float64Array, n: number, x: Float64Array, columns: number): void {
  const subtract = (row: number, from: number, factor: number): void => {
    if (factor === 0) return;
    for (let c = 0; c < columns; c += 1)
      x[row * columns + c] = (x[row * columns + c] as number) - factor * (x[from * columns + c] as number);
  };
  const divide = (row: number): void => {
    const pivot = l[row * n + row] as number;
    for (let c = 0; c < columns; c += 1) x[row * columns + c] = (x[row * columns + c] as number) / pivot;
  };
  // Rows ahead of the first number, as in an inverse's right-hand sides, stay zero.
  const first = Math.floor(
    Math.max(
      0,
      x.findIndex((value) => value !== 0),
    ) / columns,
  );
  for (let i = first; i < n; i += 1) {
    for (let k = first; k < i; k += 1) subtract(i, k, l[i * n + k] as number);
    divide(i);
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    divide(i);
    for (let k = 0; k < i; k += 1) subtract(k, i, l[i * n + k] as number);
  }
}

/** The inverse of a symmetric positive definite matrix from its factor. */
export function invertFactored(l: Float64Array, n: number): Float64Array {
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) identity[i * n + i] = 1;
  return solveFactored(l, n, identity, n);
}

/**
 * The factor of a positive semidefinite matrix after adding `ridge` to its diagonal, which grows until it can be factored:
 * moments of few samples are singular.
 */
export function factorRidged(
  a: Float64Array,
  n: number,
  ridge: (index: number) => number,
): { readonly factor: Float64Array; readonly matrix: Float64Array } {
  let floor = 0;
  for (let i = 0; i < n; i += 1) floor = Math.max(floor, a[i * n + i] as number);
  floor = Math.max(floor * 1e-12, Number.MIN_VALUE * 1e16);
  for (let growth = 1; ; growth *= 10) {
    const matrix = Float64Array.from(a);
    for (let i = 0; i < n; i += 1)
      matrix[i * n + i] = (matrix[i * n + i] as number) + growth * Math.max(ridge(i), floor);
    const factor = cholesky(matrix, n);
    if (factor !== undefined) return { factor, matrix };
    if (growth > 1e18) throw new RangeError('the matrix of moments holds values that are not finite');
  }
}
