import type { SegmentationSpec } from '@hamon/contracts';
import type { NamedTensor, Tensors } from '../tensors.js';
import { activate } from '../shared/activate.js';
import { relativeError } from '../shared/relative-error.js';
import { mapShapeOf } from './output-shape.js';

const EPSILON = 1e-7;

/**
 * Of scores with softmax the mean Kullback-Leibler divergence of the pixels in nats, of other scores the relative squared
 * error after the activation, of maps of labels the share of cells that differ.
 */
export function distance(
  spec: SegmentationSpec,
  original: readonly Tensors[],
  others: readonly Tensors[],
): number {
  const before = original.map((tensors) => tensors.get(spec.name));
  const after = others.map((tensors) => tensors.get(spec.name));
  const pairs = before.flatMap((tensor, sample): [NamedTensor, NamedTensor][] => {
    const other = after[sample];
    return tensor && other?.data.length === tensor.data.length ? [[tensor, other]] : [];
  });
  if (pairs.length < original.length || !pairs.every(([, { data }]) => data.every(Number.isFinite))) {
    return Infinity;
  }
  if (pairs.some(([{ dims }]) => mapShapeOf(dims, spec.labels.length)?.holds !== 'scores')) {
    return differingShare(pairs);
  }
  if (spec.activation === 'softmax') return meanDivergence(spec, pairs);
  const activated = ({ data }: NamedTensor): Float32Array => {
    const values = Float32Array.from(data);
    activate(values, spec.activation);
    return values;
  };
  return relativeError(
    pairs.map(([tensor]) => activated(tensor)),
    pairs.map(([, other]) => activated(other)),
  );
}

function differingShare(pairs: readonly [NamedTensor, NamedTensor][]): number {
  let [cells, differing] = [0, 0];
  for (const [{ data }, other] of pairs) {
    cells += data.length;
    for (let i = 0; i < data.length; i += 1) if (data[i] !== other.data[i]) differing += 1;
  }
  return cells === 0 ? 0 : differing / cells;
}

function meanDivergence({ labels }: SegmentationSpec, pairs: readonly [NamedTensor, NamedTensor][]): number {
  let [sum, pixels] = [0, 0];
  const [before, after] = [new Float64Array(labels.length), new Float64Array(labels.length)];
  for (const [{ data }, other] of pairs) {
    const cells = data.length / labels.length;
    for (let cell = 0; cell < cells; cell += 1) {
      softmaxAt(data, cell, cells, before);
      softmaxAt(other.data, cell, cells, after);
      for (let label = 0; label < labels.length; label += 1) {
        const p = before[label] as number;
        if (p > 0) sum += p * Math.log(p / Math.max(after[label] as number, EPSILON));
      }
    }
    pixels += cells;
  }
  return pixels === 0 ? 0 : Math.max(0, sum / pixels);
}

/** The probabilities of one cell of scores `[labels, cells]`. */
function softmaxAt(scores: NamedTensor['data'], cell: number, cells: number, into: Float64Array): void {
  let [max, sum] = [-Infinity, 0];
  for (let label = 0; label < into.length; label += 1) {
    max = Math.max(max, scores[label * cells + cell] as number);
  }
  for (let label = 0; label < into.length; label += 1) {
    const power = Math.exp((scores[label * cells + cell] as number) - max);
    into[label] = power;
    sum += power;
  }
  for (let label = 0; label < into.length; label += 1) into[label] = (into[label] as number) / sum;
}
