import { ok, type BundleInput, type ClassificationSpec } from '@hamon/contracts';
import type { Decode } from '../task.js';
import { mayBe, shapeText, type TensorFacts } from '../tensors.js';
import { activate } from '../shared/activate.js';
import { areFinite, floatsOf, mismatch, notFinite } from '../shared/read-tensor.js';
import { topIndex } from '../shared/top-index.js';

/** The output of a batch of one: one score per label, whatever dimensions of one are around them. */
export function checkOutputs(
  { name, labels }: ClassificationSpec,
  _input: BundleInput,
  outputs: readonly TensorFacts[],
): string | undefined {
  const output = outputs.find((one) => one.name === name);
  if (!output) return undefined;
  const { shape } = output;
  // Exporters leave dimensions of one around the labels, mostly before them.
  const wanted = shape.map((_, i) => (i === shape.length - 1 ? labels.length : 1));
  if (shape.length > 0 && mayBe(shape, wanted)) return undefined;
  return `output "${name}" is ${shapeText(shape)}, output.labels has ${labels.length} labels`;
}

export function decoder({ name, activation, labels }: ClassificationSpec): Decode<'classification'> {
  return (tensors) => {
    const output = floatsOf(tensors, name);
    if (!output.ok) return output;
    const { data } = output.value;
    if (data.length !== labels.length) {
      return mismatch(
        `output "${name}" gave ${data.length} values, output.labels has ${labels.length} labels`,
      );
    }
    activate(data, activation);
    if (!areFinite(data)) return notFinite(name);
    const top = topIndex(data);
    return ok({
      label: labels[top] ?? '',
      confidence: data[top] ?? 0,
      probabilities: Array.from(data),
    });
  };
}
