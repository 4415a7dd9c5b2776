import { finishVariant } from '../quantize/finish-variant.js';
import { quantizeStatic } from '../quantize/static/quantize-static.js';
import type { VariantKind } from '../variant-build.js';
import { calibrationOf, type BuildContext, type BuildVariant } from './build-context.js';

const staticInt8 =
  (granularity: 'per-channel' | 'per-tensor'): BuildVariant =>
  async (name, context) => {
    const { model, tried } = await quantizeStatic(
      context.model,
      calibrationOf(name, context),
      { ...staticOptions(context), granularity },
      context.signal,
    );
    return finishVariant(name, model, { tried });
  };

const staticOptions = ({ recipe }: BuildContext) => ({ ...recipe.static, seed: recipe.seed });

/** How each kind of variant is made. */
export const BUILDERS: Partial<Readonly<Record<VariantKind, BuildVariant>>> = {
  'int8-static': staticInt8('per-channel'),
  'int8-static-tensor': staticInt8('per-tensor'),
};
