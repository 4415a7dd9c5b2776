import { Tensor } from '@hamon/onnx';

/**
 * A bias with one value for each of a product's columns, which is how other operators than Gemm want it; `undefined` where
 * rows differ. A tensor that is one already is given back itself.
 */
export function asColumnBias(bias: Tensor, columns: number): Tensor | undefined {
  if (bias.dims.length === 1 && bias.size === columns) return bias;
  const isRow = bias.size === columns && bias.dims.at(-1) === columns;
  if (bias.dataType !== 'float32' || (!isRow && bias.size !== 1)) return undefined;
  const values = bias.floats();
  return Tensor.ofFloats(
    bias.name,
    [columns],
    isRow ? values : new Float32Array(columns).fill(values[0] as number),
  );
}
