import { diagonalize } from './diagonalize.js';
import { tridiagonalize } from './tridiagonalize.js';

/** Eigenvalues in falling order with their vectors: vector `k` is the column `k` of `vectors` (row-major `n × n`). */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/**
 * Eigendecomposition of a symmetric row-major `n × n` matrix: Householder reflections to tridiagonal form, then the implicit
 * QL algorithm (Golub and Van Loan, Matrix Computations, 8.3). Some seconds for a thousand rows; small eigenvalues are exact
 * to rounding errors of the largest.
 */
export function eigenSymmetric(matrix: Float64Array, n: number): Eigen {
  const { diagonal, offDiagonal, vectors } = tridiagonalize(matrix, n);
  diagonalize(diagonal, offDiagonal, vectors, n);
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => (diagonal[j] as number) - (diagonal[i] as number) || i - j,
  );
  const sorted = new Float64Array(n * n);
  // Vectors come as rows.
  order.forEach((from, column) => {
    for (let row = 0; row < n; row += 1) sorted[row * n + column] = vectors[from * n + row] as number;
  });
  return { values: Float64Array.from(order, (i) => diagonal[i] as number), vectors: sorted };
}
