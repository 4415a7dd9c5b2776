import { quantizeDynamic } from '../quantize/dynamic/quantize-dynamic.js';
import { finishVariant } from '../quantize/finish-variant.js';
import { convertToHalf } from '../quantize/half/convert-to-half.js';
import { quantizeMixed } from '../quantize/mixed/quantize-mixed.js';
import { quantizeStatic } from '../quantize/static/quantize-static.js';
import { quantizeWeights } from '../quantize/weights/quantize-weights.js';
import type { VariantKind } from '../variant-build.js';
import { calibrationOf, type BuildContext, type BuildVariant } from './build-context.js';
import { reduceModel } from './reduce-model.js';

const staticInt8 =
  (granularity: 'per-channel' | 'per-tensor'): BuildVariant =>
  async (name, context) => {
    const { model, notes } = await quantizeStatic(
      context.model,
      calibrationOf(name, context),
      { ...staticOptions(context), granularity },
      context.signal,
    );
    return finishVariant(name, model, { ...notes });
  };

const staticOptions = ({ recipe }: BuildContext) => ({ ...recipe.static, seed: recipe.seed });

/** How each kind of variant is made. */
export const BUILDERS: Readonly<Record<VariantKind, BuildVariant>> = {
  fp16: async (name, { model, recipe }) => {
    const { model: half, keptFloat } = convertToHalf(model, recipe.half);
    return finishVariant(name, half, { keptFloat });
  },
  'int8-static': staticInt8('per-channel'),
  'int8-static-tensor': staticInt8('per-tensor'),
  'int8-mixed': async (name, context) => {
    const { constraints, mixed } = context.recipe;
    const { model, notes } = await quantizeMixed(
      context.model,
      calibrationOf(name, context),
      {
        ...staticOptions(context),
        floor: { maxAccuracyDrop: constraints.maxAccuracyDrop, ...mixed },
      },
      context.signal,
      (done, total) => context.onStep(`${name}: sensitivity of layers`, done, total),
    );
    return finishVariant(name, model, { ...notes });
  },
  'int8-dynamic': async (name, { model, recipe }) => {
    const { model: dynamic, layers } = quantizeDynamic(model, recipe.dynamic);
    return finishVariant(name, dynamic, { layers });
  },
  'int8-weights': async (name, { model, recipe }) => {
    const { model: small, layers } = quantizeWeights(model, { bits: 8, ...recipe.int8Weights });
    return finishVariant(name, small, { layers });
  },
  'int4-weights': async (name, { model, recipe }) => {
    const { model: small, layers } = quantizeWeights(model, { bits: 4, ...recipe.int4Weights });
    return finishVariant(name, small, { layers });
  },
  pruned: async (name, context) => {
    const { model, notes } = await reduceModel(name, context);
    return finishVariant(name, model, { ...notes });
  },
  'pruned-int8': async (name, context) => {
    const small = await reduceModel(name, context);
    const { model, notes } = await quantizeStatic(
      small.model,
      calibrationOf(name, context),
      staticOptions(context),
      context.signal,
    );
    return finishVariant(name, model, { pruning: small.notes, quantization: notes });
  },
};
