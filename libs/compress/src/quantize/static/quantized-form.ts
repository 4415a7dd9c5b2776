import type { OnnxModel } from '@hamon/onnx';
import type { Fidelity } from './held-out-comparison.js';
import type { QuantizationPlan } from './plan-quantization.js';
import type { QuantizationSettings, QuantizationStudy } from './quantization-study.js';

/** One int8 form of the model, what it was built from, and how near it comes to the original. */
export interface QuantizedForm {
  readonly study: QuantizationStudy;
  readonly plan: QuantizationPlan;
  readonly settings: QuantizationSettings;
  readonly equalization: boolean;
  readonly model: OnnxModel;
  readonly fidelity: Fidelity;
  /** First outputs of the nodes that were left float by `freeHeads`. */
  readonly floatHeads: readonly string[];
}

export function nearestForm(forms: readonly QuantizedForm[]): QuantizedForm {
  const [best] = [...forms].sort((a, b) => a.fidelity.distance - b.fidelity.distance);
  if (best === undefined) throw new Error('no int8 form was built');
  return best;
}
