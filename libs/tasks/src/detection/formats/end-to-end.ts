import type { BundleInput } from '@hamon/contracts';
import { rows, type Grid, type Head } from '../head.js';
import { cornersOf, scaleOf } from './corners.js';
import type { Format, ReadOutput, ReadTensor, SpecIn } from './format.js';

type Spec = SpecIn<'end-to-end'>;

/** The model has chosen already: a row is a detection. A batch axis may be missing, as torchvision exports. */
export const endToEnd: Format<'end-to-end'> = {
  shapes: '[1, N, 6], or boxes [1, N, 4], scores [1, N] and classes [1, N]',
  outputNames: (spec) => [...chosenOutputs(spec), ...countOutput(spec)].map(({ name }) => name),
  outputs: (spec) => [...chosenOutputs(spec), ...countOutput(spec)],
  head: (spec, input, tensors) => {
    const head =
      spec.name === undefined ? separateHead(spec, input, tensors) : rowsHead(spec, input, tensors);
    if (typeof head === 'string' || spec.count === undefined) return head;
    const rowsThatCount = tensors.at(-1)?.data[0] ?? 0;
    // A NaN here is reported with the outputs' values.
    return { ...head, anchors: Math.max(0, Math.min(head.anchors, Math.round(rowsThatCount) || 0)) };
  },
};

const of = (name: string, ...tail: (number | 'any')[]): ReadOutput => ({
  name,
  wanted: [[1, ...tail], tail],
});

const chosenOutputs = ({ name, boxes = '', scores = '', classes = '' }: Spec): ReadOutput[] =>
  name === undefined ? [of(boxes, 'any', 4), of(scores, 'any'), of(classes, 'any')] : [of(name, 'any', 6)];

const countOutput = ({ count }: Spec): ReadOutput[] =>
  count === undefined ? [] : [{ name: count, wanted: [[1], [], [1, 1]] }];

function rowsHead(spec: Spec, input: BundleInput, [output]: readonly ReadTensor[]): Head {
  const { dims, data } = output as ReadTensor;
  return {
    ...boxesOf(rows(data, 6), spec, input),
    anchors: dims.at(-2) ?? 0,
    scores: rows(data, 6, 4),
    labels: rows(data, 6, 5),
  };
}

function separateHead(spec: Spec, input: BundleInput, tensors: readonly ReadTensor[]): Head | string {
  const [boxes, scores, classes] = tensors as [ReadTensor, ReadTensor, ReadTensor];
  const lengths = [boxes.dims.at(-2), scores.dims.at(-1), classes.dims.at(-1)];
  if (new Set(lengths).size > 1) return `boxes, scores and classes are ${lengths.join(', ')} and not as many`;
  return {
    ...boxesOf(rows(boxes.data, 4), spec, input),
    anchors: lengths[0] ?? 0,
    scores: rows(scores.data, 1),
    labels: rows(classes.data, 1),
  };
}

const boxesOf = (
  boxes: Grid,
  spec: Spec,
  input: BundleInput,
): Pick<Head, 'boxes' | 'corners' | 'firstLabel'> => ({
  boxes,
  firstLabel: spec.firstLabel,
  corners: cornersOf(boxes, spec.encoding, scaleOf(spec.coordinates, input)),
});
