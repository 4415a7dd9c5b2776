import type { OnnxModel } from '@hamon/onnx';
import type { CalibrationSource } from '../../dataset/sample-source.js';
import { CALIBRATORS, type Calibrator, type StaticQuantizationOptions } from '../options.js';
import { equalize } from './equalize.js';
import { freeHeads } from './free-heads.js';
import { halveConstants } from './halve-constants.js';
import type { Fidelity } from './held-out-comparison.js';
import { inPairs } from './in-pairs.js';
import { openStudy, settingsOf } from './open-study.js';
import {
  buildQuantized,
  planOf,
  sourceNameOf,
  studyOf,
  type QuantizationStudy,
} from './quantization-study.js';
import { nearestForm, type QuantizedForm } from './quantized-form.js';

/** What was tried and chosen, compared on held-out calibration samples. */
export interface StaticQuantizationNotes {
  readonly calibrator: Calibrator;
  readonly biasCorrection: boolean;
  readonly equalization: boolean;
  readonly judgement: Fidelity;
  readonly candidates: readonly (Fidelity & {
    readonly calibrator: Calibrator;
    readonly biasCorrection: boolean;
    readonly equalization: boolean;
  })[];
  /** Layers in integers, by name in the source model. */
  readonly quantizedLayers: readonly string[];
  /** Nodes at the outputs that int8 would break and that were left float for it, by name in the source model. */
  readonly floatHeads: readonly string[];
  readonly calibrationSamples: number;
  readonly heldOutSamples: number;
}

export interface StaticQuantizationResult {
  readonly model: OnnxModel;
  readonly notes: StaticQuantizationNotes;
}

/** Below this, equalizing per-channel weights has nothing to win that held-out samples could show. */
const NEAR_ENOUGH = 0.005;

/**
 * Static int8 quantization in QDQ form from calibration samples alone: part of them gives ranges, the rest decides between
 * the methods that the options leave open.
 * @throws CompressError `already-quantized`, `weights-not-finite`, `dynamic-shape`, `model-unsupported`, `dataset-empty`,
 * `option-invalid`, and the faults of {@link TensorSession}
 */
export async function quantizeStatic(
  source: OnnxModel,
  calibration: CalibrationSource,
  options: StaticQuantizationOptions = {},
  signal?: AbortSignal,
): Promise<StaticQuantizationResult> {
  const forms = await allForms(source, calibration, options, signal);
  const best = await halveConstants(await freeHeads(nearestForm(forms)));
  return { model: best.model, notes: notesOf(best, forms) };
}

/** All int8 forms that the options allow. */
export async function allForms(
  source: OnnxModel,
  calibration: CalibrationSource,
  options: StaticQuantizationOptions,
  signal?: AbortSignal,
): Promise<readonly QuantizedForm[]> {
  const study = openStudy(source, calibration, options, signal);
  const forms = await plainAndEqualized(study, options);
  const { biasCorrection = 'auto' } = options;
  if (biasCorrection === 'off') return forms;
  const corrected = await biasCorrected(nearestForm(forms));
  return biasCorrection === 'on' ? [corrected] : [...forms, corrected];
}

async function plainAndEqualized(
  study: QuantizationStudy,
  options: StaticQuantizationOptions,
): Promise<readonly QuantizedForm[]> {
  const { equalization = 'auto', granularity } = options;
  const plain = equalization === 'on' ? [] : await formPerCalibrator(study, options, false);
  const isWorthIt =
    equalization === 'on' ||
    (equalization === 'auto' &&
      (granularity === 'per-tensor' || nearestForm(plain).fidelity.distance > NEAR_ENOUGH));
  if (!isWorthIt) return plain;
  const equal = equalize(study.model);
  if (equal.pairs > 0)
    return [...plain, ...(await formPerCalibrator(studyOf(study, equal.model), options, true))];
  return plain.length > 0 ? plain : formPerCalibrator(study, options, false);
}

async function biasCorrected(form: QuantizedForm): Promise<QuantizedForm> {
  const { study, plan } = form;
  const settings = { ...form.settings, biasCorrection: true };
  const model = await buildQuantized(study, plan, settings);
  return { ...form, settings, model, fidelity: await study.comparison.fidelityOf(model) };
}

async function formPerCalibrator(
  study: QuantizationStudy,
  options: StaticQuantizationOptions,
  equalization: boolean,
): Promise<readonly QuantizedForm[]> {
  const plan = planOf(study);
  const { calibrator = 'auto' } = options;
  const built: Pick<QuantizedForm, 'settings' | 'model'>[] = [];
  for (const one of calibrator === 'auto' ? CALIBRATORS : [calibrator]) {
    const settings = settingsOf(options, one);
    built.push({ settings, model: await buildQuantized(study, plan, settings) });
  }
  // The original is run before two forms at once ask for its outputs.
  await study.comparison.fidelityOfOriginal();
  return inPairs(built, async ({ settings, model }) => {
    const fidelity = await study.comparison.fidelityOf(model);
    return { study, plan, settings, model, fidelity, equalization, floatHeads: [] };
  });
}

export function notesOf(best: QuantizedForm, forms: readonly QuantizedForm[]): StaticQuantizationNotes {
  const { study, plan } = best;
  return {
    calibrator: best.settings.calibrator,
    biasCorrection: best.settings.biasCorrection,
    equalization: best.equalization,
    judgement: best.fidelity,
    candidates: forms.map(({ settings, fidelity, equalization }) => ({
      calibrator: settings.calibrator,
      biasCorrection: settings.biasCorrection,
      equalization,
      ...fidelity,
    })),
    quantizedLayers: plan.layers.map((output) => sourceNameOf(study, output)),
    floatHeads: best.floatHeads.map((output) => sourceNameOf(study, output)),
    calibrationSamples: study.observer.samples.count,
    heldOutSamples: study.comparison.samples.count,
  };
}
