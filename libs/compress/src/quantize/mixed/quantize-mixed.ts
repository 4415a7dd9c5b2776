import type { OnnxModel } from '@hamon/onnx';
import { CompressError } from '../../errors.js';
import type { CalibrationSource } from '../../dataset/sample-source.js';
import type { StaticQuantizationOptions } from '../options.js';
import { freeHeads } from '../static/free-heads.js';
import { halveConstants } from '../static/halve-constants.js';
import type { Fidelity } from '../static/held-out-comparison.js';
import { buildQuantized, planOf } from '../static/quantization-study.js';
import { allForms, notesOf, type StaticQuantizationNotes } from '../static/quantize-static.js';
import { nearestForm, type QuantizedForm } from '../static/quantized-form.js';
import { fewestFloatLayers } from '../static/fewest-float-layers.js';
import { measureSensitivity, type LayerSensitivity } from './measure-sensitivity.js';

/** What the quantized model must hold on held-out calibration samples. */
export interface AccuracyFloor {
  /** Largest loss of accuracy against the float model, 0.005 is half a point; only with labels. 0.005 if left out. */
  readonly maxAccuracyDrop?: number;
  /** Least share of samples with the float model's label, of models that give labels. 0.985 if left out. */
  readonly minAgreement?: number;
  /** Largest distance of outputs, see {@link OutputDistance}: what counts for models that do not classify. 0.05 if left out. */
  readonly maxDistance?: number;
}

export interface MixedPrecisionOptions extends StaticQuantizationOptions {
  readonly floor?: AccuracyFloor;
}

export interface MixedPrecisionNotes extends StaticQuantizationNotes {
  readonly floor: Required<AccuracyFloor>;
  /** The float model on the same samples. */
  readonly reference: Fidelity;
  /** With all layers in integers. */
  readonly allInteger: Fidelity;
  /** Layers that stay float to hold the floor, by name in the source model. */
  readonly floatLayers: readonly string[];
  /** Most sensitive first. */
  readonly sensitivity: readonly LayerSensitivity[];
}

/**
 * Static int8 quantization in which the layers that hurt most stay float until the floor holds: ordered by what each does
 * alone, as few as possible, and those that turn out not to be needed go back to integers. Uses calibration samples only.
 * @throws CompressError as {@link quantizeStatic} does
 */
export async function quantizeMixed(
  source: OnnxModel,
  calibration: CalibrationSource,
  options: MixedPrecisionOptions = {},
  signal?: AbortSignal,
  onProgress?: (done: number, total: number) => void,
): Promise<{ readonly model: OnnxModel; readonly notes: MixedPrecisionNotes }> {
  const floor = completeFloor(options.floor);
  const forms = await allForms(source, calibration, options, signal);
  const start = await freeHeads(nearestForm(forms));
  const original = await start.study.comparison.fidelityOfOriginal();
  const sensitivity = await measureSensitivity(start, onProgress);
  const withFloat = formsWithFloat(start);
  const floatLayers = await fewestFloatLayers(sensitivity, async (layers) =>
    meets((await withFloat(layers)).fidelity, original, floor),
  );
  const best = await smallest(await withFloat(floatLayers), original, floor);
  return {
    model: best.model,
    notes: {
      ...notesOf(best, forms),
      floor,
      reference: original,
      allInteger: start.fidelity,
      floatLayers: floatLayers.map(({ layer }) => layer),
      sensitivity,
    },
  };
}

/** The form with some of its layers left float; the same layers are built and compared once. */
function formsWithFloat(
  start: QuantizedForm,
): (layers: readonly LayerSensitivity[]) => Promise<QuantizedForm> {
  const { study, settings } = start;
  const built = new Map<string, QuantizedForm>([['', start]]);
  return async (layers) => {
    const outputs = new Set(layers.map(({ output }) => output));
    const key = [...outputs].sort().join('\n');
    const known = built.get(key);
    if (known !== undefined) return known;
    const plan = planOf(study, (node) => outputs.has(node.outputs[0] ?? ''));
    const model = await buildQuantized(study, plan, settings);
    const form = { ...start, plan, model, fidelity: await study.comparison.fidelityOf(model) };
    built.set(key, form);
    return form;
  };
}

async function smallest(
  form: QuantizedForm,
  original: Fidelity,
  floor: Required<AccuracyFloor>,
): Promise<QuantizedForm> {
  const smaller = await halveConstants(form);
  return meets(smaller.fidelity, original, floor) ? smaller : form;
}

export function meets(
  { distance, agreement, accuracy }: Fidelity,
  original: Fidelity,
  floor: Required<AccuracyFloor>,
): boolean {
  // Shares of few samples are multiples of 1/n: a hair of slack keeps 0.95 − 0.005 from failing at 0.945.
  const slack = 1e-9;
  const isAccurate =
    accuracy === undefined ||
    original.accuracy === undefined ||
    accuracy >= original.accuracy - floor.maxAccuracyDrop - slack;
  const agrees = agreement === undefined || agreement >= floor.minAgreement - slack;
  return isAccurate && agrees && distance <= floor.maxDistance;
}

function completeFloor(floor: AccuracyFloor = {}): Required<AccuracyFloor> {
  const { maxAccuracyDrop = 0.005, minAgreement = 0.985, maxDistance = 0.05 } = floor;
  for (const [name, value] of Object.entries({ maxAccuracyDrop, minAgreement }))
    if (!(value >= 0 && value <= 1))
      throw new CompressError('option-invalid', `floor.${name} must lie between 0 and 1, is ${value}`);
  if (!(maxDistance >= 0))
    throw new CompressError('option-invalid', `floor.maxDistance must be 0 or more, is ${maxDistance}`);
  return { maxAccuracyDrop, minAgreement, maxDistance };
}
