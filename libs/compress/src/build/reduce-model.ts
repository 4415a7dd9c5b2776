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
    const { recipe, signal, onStep } = context;
    const { use, ...lowRank } = recipe.lowRank;
    const calibration = calibrationOf(name, context);
    const hooks = (text: string) => ({
      signal,
      onProgress: (share: number) => onStep(text, Math.round(share * 100), 100),
    });
    const { seed } = recipe;
    const thinned: ReducedModel =
      use === 'only'
        ? { model: context.model, notes: {} }
        : await prune(context.model, calibration, { ...recipe.prune, seed }, hooks('pruning'));
    if (use === 'off') return thinned;
    const factored = await factorizeLayers(
      thinned.model,
      calibration,
      { ...lowRank, seed },
      hooks('factoring products'),
    );
    if (factored.notes.layers.length > 0)
      return { model: factored.model, notes: { ...thinned.notes, lowRank: factored.notes } };
    const { tooLarge } = factored.notes;
    if (use === 'auto') {
      return tooLarge.length === 0
        ? thinned
        : { model: thinned.model, notes: { ...thinned.notes, lowRank: factored.notes } };
    }
    throw new CompressError(
      'model-unsupported',
      `no Gemm or MatMul of this model is worth factoring: none is large enough, or too much would be lost; see the keys of lowRank${
        tooLarge.length === 0
          ? ''
          : `. Too large to be factored (the shorter side is above ${MAX_SIDE}, or both together above ${MAX_SIDES}): ${tooLarge.join(', ')}`
      }`,
    );
  });
}
