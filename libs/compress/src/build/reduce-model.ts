import type { CalibrationSource } from '../dataset/sample-source.js';
import { CompressError } from '../errors.js';
import { factorizeLayers, MAX_SIDE, MAX_SIDES } from '../low-rank/factorize-layers.js';
import { prune } from '../prune/prune.js';
import type { VariantKind } from '../variant-build.js';
import { calibrationOf, type BuildContext, type ReducedModel } from './build-context.js';

/**
 * The smaller float model behind `pruned` and `pruned-int8`: channels removed, then large products factored, as the recipe
 * says.
 * @throws CompressError as {@link prune} does, and `model-unsupported` where products alone were to be factored and none pays
 */
export function reduceModel(name: VariantKind, context: BuildContext): Promise<ReducedModel> {
  return context.shared.pruned(async () => {
    const { use } = context.recipe.lowRank;
    const calibration = calibrationOf(name, context);
    const thinned: ReducedModel =
      use === 'only' ? { model: context.model, notes: {} } : await thin(context, calibration);
    return use === 'off' ? thinned : factor(context, calibration, thinned);
  });
}

const thin = ({ model, recipe, ...context }: BuildContext, calibration: CalibrationSource) =>
  prune(model, calibration, { ...recipe.prune, seed: recipe.seed }, hooksOf(context, 'pruning'));

async function factor(
  { recipe, ...context }: BuildContext,
  calibration: CalibrationSource,
  thinned: ReducedModel,
): Promise<ReducedModel> {
  const { use, ...lowRank } = recipe.lowRank;
  const { model, notes } = await factorizeLayers(
    thinned.model,
    calibration,
    { ...lowRank, seed: recipe.seed },
    hooksOf(context, 'factoring products'),
  );
  const { layers, tooLarge } = notes;
  if (layers.length > 0) return { model, notes: { ...thinned.notes, lowRank: notes } };
  if (use === 'only') throw nothingFactored(tooLarge);
  // The notes name what is too large even where nothing was factored.
  return tooLarge.length === 0
    ? thinned
    : { model: thinned.model, notes: { ...thinned.notes, lowRank: notes } };
}

const hooksOf = ({ signal, onStep }: Pick<BuildContext, 'signal' | 'onStep'>, text: string) => ({
  signal,
  onProgress: (share: number) => onStep(text, Math.round(share * 100), 100),
});

const nothingFactored = (tooLarge: readonly string[]): CompressError =>
  new CompressError(
    'model-unsupported',
    `no Gemm or MatMul of this model is worth factoring: none is large enough, or too much would be lost; see the keys of lowRank${
      tooLarge.length === 0
        ? ''
        : `. Too large to be factored (the shorter side is above ${MAX_SIDE}, or both together above ${MAX_SIDES}): ${tooLarge.join(', ')}`
    }`,
  );
