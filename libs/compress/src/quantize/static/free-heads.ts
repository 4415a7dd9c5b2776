import { OnnxError, type GraphNode, type OnnxModel } from '@hamon/onnx';
import { macsByNode } from '../../macs.js';
import { weightBytes } from '../../weight-bytes.js';
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
/** Share of a model's work and weights that may stay float for any gain. */
const CHEAP = 0.02;
/** Errors on few samples that differ by less are equal. */
const NOISE = 1.05;

/**
 * The form with those of its heads left float that int8 harms, found by what they do to the outputs on held-out samples: all
 * of them where they cost next to nothing and outputs come nearer, as they do in a detector whose scores would be ranked in
 * 256 steps; else those whose scale is broken. Nothing is done where neither helps. See {@link headsOf}.
 */
export async function freeHeads(form: QuantizedForm): Promise<QuantizedForm> {
  const heads = headsOf(form.study.model.graph, form.plan);
  if (heads.length === 0 || heads.length > MOST_HEADS) return form;
  const isSound = form.fidelity.outputError <= SOUND;
  const areCheap = costOf(form.study.model, heads) <= CHEAP;
  if (isSound && !areCheap) return form;
  const freed = await withFloat(form, heads);
  if (freed.plan.layers.length === 0) return form;
  if (areCheap && isNearer(freed, form)) return freed;
  const isWorthwhile = freed.fidelity.outputError <= WORTHWHILE * form.fidelity.outputError;
  return isSound || !isWorthwhile ? form : fewestHeads(form, freed, heads);
}

/** Share of the model's work and of its weights, the larger of both, that these nodes have. */
function costOf(model: OnnxModel, outputs: readonly string[]): number {
  const nodes = outputs.flatMap((output) => model.graph.producerOf(output) ?? []);
  const share = (costs: ReadonlyMap<GraphNode, number>): number => {
    const all = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
    return nodes.reduce((sum, node) => sum + (costs.get(node) ?? 0), 0) / Math.max(1, all);
  };
  try {
    return Math.max(share(macsByNode(model)), share(weightBytes(model)));
  } catch (cause) {
    if (cause instanceof OnnxError && cause.code === 'dynamic-shape') return Infinity;
    throw cause;
  }
}

/** By the measure of the task, which alone would not see what breaks beside it. */
const isNearer = ({ fidelity: one }: QuantizedForm, { fidelity: other }: QuantizedForm): boolean =>
  one.distance <= other.distance && one.outputError <= NOISE * other.outputError;

/** @param freed with all of the heads in float */
async function fewestHeads(
  form: QuantizedForm,
  freed: QuantizedForm,
  heads: readonly string[],
): Promise<QuantizedForm> {
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
