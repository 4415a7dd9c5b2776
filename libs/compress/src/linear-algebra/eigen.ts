/** Eigenvalues in falling order with their vectors: vector `k` is the column `k` of `vectors` (row-major `n × n`). */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const MAX_SWEEPS = 40;
const TOLERANCE = 1e-22;

/**
 * Eigendecomposition of a symmetric row-major `n × n` matrix by cyclic Jacobi rotations: slower than tridiagonal methods and
 * accurate for small eigenvalues too; meant for up to some hundred rows.
 */
export function eigenSymmetric(matrix: Float64Array, n: number): Eigen {
  const a = Float64Array.from(matrix);
  // Vectors are kept as rows while rotating, which touches neighbouring numbers.
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) v[i * n + i] = 1;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
    const [off, diagonal] = energies(a, n);
    if (off <= TOLERANCE * diagonal || off === 0) break;
    for (let p = 0; p < n - 1; p += 1) for (let q = p + 1; q < n; q += 1) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => (a[j * n + j] as number) - (a[i * n + i] as number) || i - j,
  );
  const values = Float64Array.from(order, (i) => a[i * n + i] as number);
  const vectors = new Float64Array(n * n);
  order.forEach((from, column) => {
    for (let row = 0; row < n; row += 1) vectors[row * n + column] = v[from * n + row] as number;
  });
  return { values, vectors };
}

function energies(a: Float64Array, n: number): readonly [number, number] {
  let [off, diagonal] = [0, 0];
  for (let i = 0; i < n; i += 1)
    for (let j = 0; j < n; j += 1) {
      const square = (a[i * n + j] as number) ** 2;
      if (i === j) diagonal += square;
      else off += square;
    }
  return [off, diagonal];
}

/** One rotation that makes element (p, q) zero. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q] as number;
  if (apq === 0) return;
  const theta = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  turn(a, n, p, q, c, s);
  for (let k = 0; k < n; k += 1) {
    const [kp, kq] = [a[k * n + p] as number, a[k * n + q] as number];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  turn(v, n, p, q, c, s);
}

/** Rows p and q become `c·p − s·q` and `s·p + c·q`. */
function turn(rows: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < n; k += 1) {
    const [pk, qk] = [rows[p * n + k] as number, rows[q * n + k] as number];
    rows[p * n + k] = c * pk - s * qk;
    rows[q * n + k] = s * pk + c * qk;
  }
}
