/** `matrix = Qᵀ·T·Q` with a symmetric tridiagonal `T`. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Element `i` lies between rows `i − 1` and `i`; the first is 0. */
  readonly offDiagonal: Float64Array;
  /** `Q`, row-major: row `k` is the direction of row `k` of `T`. */
  readonly vectors: Float64Array;
}

/** Householder reflections, one per row from the last to the third. */
export function tridiagonalize(matrix: Float64Array, n: number): Tridiagonal {
  const a = Float64Array.from(matrix);
  const offDiagonal = new Float64Array(n);
  const reflections: { readonly length: number; readonly v: Float64Array; readonly scale: number }[] = [];
  for (let i = n - 1; i > 1; i -= 1) {
    const row = a.subarray(i * n, i * n + i);
    let norm = 0;
    for (const value of row) norm = Math.hypot(norm, value);
    const last = row[i - 1] as number;
    if (norm === Math.abs(last)) {
      offDiagonal[i] = last;
      continue;
    }
    // The sign that adds up, so that nothing cancels.
    const reflected = last > 0 ? -norm : norm;
    const v = row.slice();
    v[i - 1] = last - reflected;
    let squares = 0;
    for (const value of v) squares += value * value;
    const scale = 2 / squares;
    reflect(a, n, i, v, scale);
    reflections.push({ length: i, v, scale });
    offDiagonal[i] = reflected;
  }
  if (n > 1) offDiagonal[1] = a[n] as number;
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) vectors[i * n + i] = 1;
  // Row `k` becomes the product of all reflections on the unit vector `k`, the last made first.
  for (const { length, v, scale } of reflections.reverse())
    for (let row = 0; row < length; row += 1) {
      const target = vectors.subarray(row * n, row * n + length);
      let dot = 0;
      for (let k = 0; k < length; k += 1) dot += (target[k] as number) * (v[k] as number);
      if (dot === 0) continue;
      for (let k = 0; k < length; k += 1) target[k] = (target[k] as number) - scale * dot * (v[k] as number);
    }
  return { diagonal, offDiagonal, vectors };
}

/** `(I − scale·v·vᵀ)·A·(I − scale·v·vᵀ)` over the leading `size` rows and columns. */
function reflect(a: Float64Array, n: number, size: number, v: Float64Array, scale: number): void {
  const p = new Float64Array(size);
  let along = 0;
  for (let i = 0; i < size; i += 1) {
    let sum = 0;
    for (let k = 0; k < size; k += 1) sum += (a[i * n + k] as number) * (v[k] as number);
    p[i] = scale * sum;
    along += (p[i] as number) * (v[i] as number);
  }
  const half = (scale * along) / 2;
  for (let i = 0; i < size; i += 1) p[i] = (p[i] as number) - half * (v[i] as number);
  for (let i = 0; i < size; i += 1) {
    const [vi, pi] = [v[i] as number, p[i] as number];
    for (let k = 0; k < size; k += 1)
      a[i * n + k] = (a[i * n + k] as number) - vi * (p[k] as number) - pi * (v[k] as number);
  }
}
