import type { OnnxModel } from '@hamon/onnx';
import type { CalibrationSource } from '../../dataset/sample-source.js';
import { CALIBRATORS, type Calibrator, type StaticQuantizationOptions } from '../options.js';
import { equalize } from './equalize.js';
import { inPairs } from './in-pairs.js';
import { openStudy, recipeOf } from './open-study.js';
import type { Judgement, QuantizationStudy, Recipe } from './quantization-study.js';
import type { QuantizationPlan } from './plan-quantization.js';

/** What was tried and chosen, judged on held-out calibration samples. */
export interface StaticQuantizationNotes {
  readonly calibrator: Calibrator;
  readonly biasCorrection: boolean;
  readonly equalization: boolean;
  readonly judgement: Judgement;
  readonly candidates: readonly (Judgement & {
    readonly calibrator: Calibrator;
    readonly biasCorrection: boolean;
    readonly equalization: boolean;
  })[];
  /** Layers in integers, by name in the source model. */
  readonly quantizedLayers: readonly string[];
  readonly calibrationSamples: number;
  readonly heldOutSamples: number;
}

export interface StaticQuantizationResult {
  readonly model: OnnxModel;
  readonly notes: StaticQuantizationNotes;
}

/** Everything that decides about a static int8 model but the layers that stay float. */
export interface Candidate {
  readonly study: QuantizationStudy;
  readonly plan: QuantizationPlan;
  readonly recipe: Recipe;
  readonly equalization: boolean;
  readonly model: OnnxModel;
  readonly judgement: Judgement;
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
  const candidates = await findCandidates(source, calibration, options, signal);
  const best = nearest(candidates);
  return { model: best.model, notes: notesOf(best, candidates) };
}

/** All candidates that the options allow, each judged. */
export async function findCandidates(
  source: OnnxModel,
  calibration: CalibrationSource,
  options: StaticQuantizationOptions,
  signal?: AbortSignal,
): Promise<readonly Candidate[]> {
  const { equalization = 'auto', biasCorrection = 'auto' } = options;
  const study = openStudy(source, calibration, options, signal);
  const found = equalization === 'on' ? [] : await calibrators(study, options, false);
  const isWorthIt =
    equalization === 'auto' &&
    (options.granularity === 'per-tensor' || nearest(found).judgement.distance > NEAR_ENOUGH);
  if (equalization === 'on' || isWorthIt) {
    const equal = equalize(study.model);
    if (equal.pairs > 0) {
      found.push(...(await calibrators(study.ofModel(equal.model), options, true)));
    } else if (found.length === 0) found.push(...(await calibrators(study, options, false)));
  }
  if (biasCorrection === 'off') return found;
  const best = nearest(found);
  const recipe = { ...best.recipe, biasCorrection: true };
  const model = await best.study.build(best.plan, recipe);
  const corrected: Candidate = { ...best, recipe, model, judgement: await best.study.judge(model) };
  return biasCorrection === 'on' ? [corrected] : [...found, corrected];
}

export function nearest(candidates: readonly Candidate[]): Candidate {
  const [best] = [...candidates].sort((a, b) => a.judgement.distance - b.judgement.distance);
  if (best === undefined) throw new Error('no candidate was built');
  return best;
}

async function calibrators(
  study: QuantizationStudy,
  options: StaticQuantizationOptions,
  equalization: boolean,
): Promise<Candidate[]> {
  const plan = study.plan();
  const { calibrator = 'auto' } = options;
  const recipes = (calibrator === 'auto' ? CALIBRATORS : [calibrator]).map((one) => recipeOf(options, one));
  const models: OnnxModel[] = [];
  for (const recipe of recipes) models.push(await study.build(plan, recipe));
  await study.judgeReference();
  return inPairs(recipes, async (recipe, index) => {
    const model = models[index] as OnnxModel;
    const judgement = await study.judge(model);
    return { study, plan, recipe, model, judgement, equalization };
  });
}

export function notesOf(best: Candidate, candidates: readonly Candidate[]): StaticQuantizationNotes {
  const { study, plan } = best;
  return {
    calibrator: best.recipe.calibrator,
    biasCorrection: best.recipe.biasCorrection,
    equalization: best.equalization,
    judgement: best.judgement,
    candidates: candidates.map(({ recipe, judgement, equalization }) => ({
      calibrator: recipe.calibrator,
      biasCorrection: recipe.biasCorrection,
      equalization,
      ...judgement,
    })),
    quantizedLayers: plan.layers.map((output) => study.nameOf(output)),
    calibrationSamples: study.fit.count,
    heldOutSamples: study.held.count,
  };
}
