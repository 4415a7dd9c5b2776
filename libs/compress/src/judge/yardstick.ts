import type { BundleDocument } from '@hamon/contracts';
import { taskNamed, type FrameTruth, type QualityCollector, type Tensors } from '@hamon/tasks';
import { OutputDistance } from './output-distance.js';

/** What the outputs of a model are held against each other by: its task, or without a bundle the outputs as such. */
export interface Yardstick {
  /** Names of the outputs that count; every output that is not of whole numbers where this is left out. */
  readonly outputs?: readonly string[];
  /** How far outputs are from the original's for the same samples; 0 is the same. */
  distance(original: readonly Tensors[], others: readonly Tensors[]): number;
  /** A score per label, where an answer is one label; the outputs stay as they are. */
  scoresOf(tensors: Tensors): ArrayLike<number> | undefined;
  /** How well outputs answer where the right answers are known. */
  readonly quality?: {
    readonly needs: keyof FrameTruth;
    collect(): QualityCollector;
  };
}

/** Of all outputs the one that is furthest off decides; a lone vector is taken for scores of labels. */
export const PLAIN: Yardstick = {
  distance: (original, others) => {
    const distance = new OutputDistance();
    original.forEach((tensors, sample) => distance.add(tensors, others[sample] ?? new Map()));
    return distance.distance;
  },
  scoresOf: (tensors) => {
    const [only, ...more] = tensors.values();
    if (only === undefined || more.length > 0) return undefined;
    return only.data.length > 1 && Math.max(...only.dims) === only.data.length ? only.data : undefined;
  },
};

/** The measure of a bundle's task. */
export function taskYardstick({ task: name, output, input }: BundleDocument): Yardstick {
  const task = taskNamed(name);
  const decode = task.decoder(output, input);
  return {
    outputs: task.outputNames(output),
    distance: (original, others) => task.distance(output, original, others, input),
    scoresOf: (tensors) => {
      const answer = decode(copyOf(tensors), input);
      return answer.ok && 'probabilities' in answer.value ? answer.value.probabilities : undefined;
    },
    quality: { needs: task.quality.needs, collect: () => task.quality.collect(output, input) },
  };
}

/** Outputs of their own: who decodes may write into what it is given. */
export const copyOf = (tensors: Tensors): Tensors =>
  new Map([...tensors].map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]));

export const bytesOf = (tensors: Tensors): number =>
  [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
