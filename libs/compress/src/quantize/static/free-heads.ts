import { fewestFloatLayers } from './fewest-float-layers.js';
import { headsOf } from './heads.js';
import { inPairs } from './in-pairs.js';
import { buildQuantized, planOf } from './quantization-study.js';
import type { QuantizedForm } from './quantized-form.js';

/** Relative squared error of the outputs; below it, no scale is broken: rounding to 8 bits itself costs about as much. */
const SOUND = 0.02;
/** Float heads must take away at least half of the error; a broken scale is nearly all of it. */
const WORTHWHILE = 0.5;
/** How near to all heads in float some of them must come. */
const AS_GOOD = 1.2;
const MOST_HEADS = 32;

/**
 * The form with those of its heads left float that int8 breaks, found by what they do to the outputs on held-out samples:
 * nothing is done where the outputs are sound, or where float heads do not help. See {@link headsOf}.
 */
export async function freeHeads(form: QuantizedForm): Promise<QuantizedForm> {
  const { study, plan, fidelity } = form;
  if (!(fidelity.outputError > SOUND)) return form;
  const heads = headsOf(study.model.graph, plan);
  if (heads.length === 0 || heads.length > MOST_HEADS) return form;
  const freed = await withFloat(form, heads);
  const isWorthwhile = freed.fidelity.outputError <= WORTHWHILE * fidelity.outputError;
  if (!isWorthwhile || freed.plan.layers.length === 0) return form;
  const found = new Map([[heads.join('\n'), freed]]);
  const formOf = async (some: readonly string[]): Promise<QuantizedForm> => {
    const key = heads.filter((head) => some.includes(head)).join('\n');
    const known = found.get(key) ?? (key === '' ? form : await withFloat(form, some));
    found.set(key, known);
    return known;
  };
  // The one that helps most alone comes first.
  const alone = await inPairs(heads, async (head) => ({ head, form: await formOf([head]) }));
  const ordered = alone
    .sort((a, b) => a.form.fidelity.outputError - b.form.fidelity.outputError)
    .map(({ head }) => head);
  const limit = Math.max(SOUND, AS_GOOD * freed.fidelity.outputError);
  const kept = await fewestFloatLayers(
    ordered,
    async (some) => (await formOf(some)).fidelity.outputError <= limit,
  );
  return formOf(kept);
}

async function withFloat(form: QuantizedForm, heads: readonly string[]): Promise<QuantizedForm> {
  const outputs = new Set([...form.floatHeads, ...heads]);
  const { keepFloat } = form.study;
  const study: QuantizedForm['study'] = {
    ...form.study,
    keepFloat: (node) => keepFloat(node) || outputs.has(node.outputs[0] ?? ''),
  };
  const plan = planOf(study);
  const model = await buildQuantized(study, plan, form.settings);
  const fidelity = await study.comparison.fidelityOf(model);
  return { ...form, study, plan, model, fidelity, floatHeads: [...outputs] };
}
