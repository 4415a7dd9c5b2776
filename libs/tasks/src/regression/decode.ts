import { LARGEST_MEASURE, ok, type BundleInput, type RegressionSpec } from '@hamon/contracts';
import type { Decode } from '../task.js';
import { mayBe, shapeText, type TensorFacts } from '../tensors.js';
import { areFinite, floatsOf, mismatch, notFinite } from '../shared/read-tensor.js';

/** One number per value, whatever dimensions of one are around them. */
export function checkOutputs(
  { name, values }: RegressionSpec,
  _input: BundleInput,
  outputs: readonly TensorFacts[],
): string | undefined {
  const shape = outputs.find((one) => one.name === name)?.shape;
  if (!shape) return undefined;
  const wanted = shape.map((_, i) => (i === shape.length - 1 ? values.length : 1));
  const isScalar = shape.length === 0 && values.length === 1;
  if (isScalar || (shape.length > 0 && mayBe(shape, wanted))) return undefined;
  return `output "${name}" is ${shapeText(shape)}, output.values names ${values.length}, as [1, ${values.length}]`;
}

/** Outputs → values in their units. Limits are for counting: a value is told as it is. */
export function decoder({ name, values }: RegressionSpec): Decode<'regression'> {
  return (tensors) => {
    const output = floatsOf(tensors, name);
    if (!output.ok) return output;
    const { data } = output.value;
    if (data.length !== values.length) {
      return mismatch(`output "${name}" gave ${data.length} values, output.values names ${values.length}`);
    }
    if (!areFinite(data)) return notFinite(name);
    const told = values.map((value, i): [string, number] => [
      value.name,
      (data[i] as number) * value.scale + value.offset,
    ]);
    const large = told.find(([, value]) => !(Math.abs(value) <= LARGEST_MEASURE));
    if (large) {
      return mismatch(
        `"${large[0]}" is ${large[1]} after scale and offset, which is beyond ${LARGEST_MEASURE}`,
      );
    }
    return ok({ values: Object.fromEntries(told) });
  };
}
