/** Ordinary matrices need two or three steps per eigenvalue. */
const MAX_STEPS = 60;

/**
 * The implicit QL algorithm on a symmetric tridiagonal matrix, in place: `diagonal` becomes the eigenvalues, in no order, and
 * the rows of `vectors` turn along into their vectors.
 * @param offDiagonal element `i` lies between rows `i − 1` and `i`; used up
 * @throws RangeError where the matrix holds values that are not finite
 */
export function diagonalize(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  vectors: Float64Array,
  n: number,
): void {
  const e = offDiagonal;
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  for (let l = 0; l < n; l += 1)
    for (let step = 0; ; step += 1) {
      const m = endOfBlock(diagonal, e, l, n);
      if (m === l) break;
      if (step === MAX_STEPS) throw new RangeError('the matrix holds values that are not finite');
      sweep(diagonal, e, vectors, n, l, m);
    }
}

/** One step with an implicit shift over the block of rows from `l` to `m`. */
function sweep(
  diagonal: Float64Array,
  e: Float64Array,
  vectors: Float64Array,
  n: number,
  l: number,
  m: number,
): void {
  const d = (at: number): number => diagonal[at] as number;
  // The shift: the eigenvalue of the leading two rows that is nearer to the first.
  const slope = (d(l + 1) - d(l)) / (2 * (e[l] as number));
  const root = Math.hypot(slope, 1);
  let g = d(m) - d(l) + (e[l] as number) / (slope + (slope >= 0 ? root : -root));
  let [s, c, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i -= 1) {
    const f = s * (e[i] as number);
    const b = c * (e[i] as number);
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The block falls apart here.
      diagonal[i + 1] = d(i + 1) - p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d(i + 1) - p;
    const t = (d(i) - g) * s + 2 * c * b;
    p = s * t;
    diagonal[i + 1] = g + p;
    g = c * t - b;
    turn(vectors, n, i, c, s);
  }
  diagonal[l] = d(l) - p;
  e[l] = g;
  e[m] = 0;
}

/** The first row from `l` on whose link to the next is nothing beside its neighbours. */
function endOfBlock(diagonal: Float64Array, e: Float64Array, l: number, n: number): number {
  let m = l;
  while (m < n - 1) {
    const size = Math.abs(diagonal[m] as number) + Math.abs(diagonal[m + 1] as number);
    if (Math.abs(e[m] as number) <= Number.EPSILON * size) break;
    m += 1;
  }
  return m;
}

/** Rows `i` and `i + 1`. */
function turn(vectors: Float64Array, n: number, i: number, c: number, s: number): void {
  const [lower, upper] = [i * n, (i + 1) * n];
  for (let k = 0; k < n; k += 1) {
    const [a, b] = [vectors[lower + k] as number, vectors[upper + k] as number];
    vectors[upper + k] = s * a + c * b;
    vectors[lower + k] = c * a - s * b;
  }
}
