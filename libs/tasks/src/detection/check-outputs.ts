import type { BundleInput, DetectionSpec } from '@hamon/contracts';
import { mayBe, shapeText, type TensorFacts } from '../tensors.js';
import { formatOf, FORMATS } from './formats/formats.js';
import type { FormatName, ReadOutput } from './formats/format.js';
import { probably } from './probably.js';

type Shape = readonly (number | string)[];

/** Why the outputs fit not the bundle's format, with the shapes of both; undefined where they may. */
export function checkOutputs(
  spec: DetectionSpec,
  input: BundleInput,
  outputs: readonly TensorFacts[],
): string | undefined {
  if (spec.format === 'end-to-end' && spec.scoreActivation === 'softmax') {
    return 'output.scoreActivation is "softmax", and a box of "end-to-end" has a single score';
  }
  for (const read of formatOf(spec).outputs(spec, input)) {
    const found = outputs.find(({ name }) => name === read.name);
    if (!found) continue;
    if (read.wanted.some((wanted) => mayBe(found.shape, wanted))) continue;
    return misfit(read, found.shape, spec, input, outputs);
  }
  return undefined;
}

/** What is wrong with an output of this shape. */
export function misfit(
  { name, wanted, besideLabels }: ReadOutput,
  shape: Shape,
  spec: DetectionSpec,
  input: BundleInput,
  outputs: readonly TensorFacts[] = [],
): string {
  const found = `output "${name}" is ${shapeText(shape)}`;
  const others = formatsOf(shape, spec, input);
  if (others.length > 0) {
    const wants = wanted.map((one) => shapeText(one.map((dim) => (dim === 'any' ? 'N' : dim))));
    return `${found}, "${spec.format}" needs ${wants.join(' or ')}: it fits ${others.join(' and ')}`;
  }
  const guess = probably(shape, spec.labels.length, outputs);
  if (guess !== undefined) return `${found}, probably ${guess}, which no format reads: ${everyShape()}`;
  const labels = besideLabels === undefined ? undefined : labelsIn(shape, wanted, besideLabels);
  if (labels !== undefined) {
    return `${found}, which as "${spec.format}" has ${labels} labels, output.labels has ${spec.labels.length}`;
  }
  return `${found}, which "${spec.format}" does not read: ${everyShape()}`;
}

const everyShape = (): string =>
  Object.entries(FORMATS)
    .map(([format, { shapes }]) => `"${format}" ${shapes}`)
    .join('; ');

const ONE_OUTPUT = ['yolo', 'yolo-objectness', 'yolox', 'end-to-end'] as const satisfies FormatName[];

/** Other formats of a single output that this shape fits with the bundle's labels. */
function formatsOf(shape: Shape, spec: DetectionSpec, input: BundleInput): string[] {
  const { labels } = spec;
  return ONE_OUTPUT.filter((format) => format !== spec.format)
    .map((format) => ({ format, name: '', labels, strides: [8, 16, 32] }) as unknown as DetectionSpec)
    .filter((other) =>
      formatOf(other)
        .outputs(other, input)
        .some(({ wanted }) => wanted.some((one) => mayBe(shape, one))),
    )
    .map(({ format }) => `"${format}"`);
}

/** Labels that the shape would be right for, were it not for their number. */
function labelsIn(shape: Shape, wanted: ReadOutput['wanted'], besideLabels: number): number | undefined {
  const widths = wanted.flatMap((one) => {
    const axis =
      one.length === shape.length
        ? one.findIndex((dim, i) => i > 0 && dim !== 'any' && dim !== shape[i])
        : -1;
    const width = shape[axis];
    const rest = one.every((dim, i) => i === axis || mayBe([shape[i] ?? 0], [dim]));
    return rest && typeof width === 'number' && width > besideLabels ? [width - besideLabels] : [];
  });
  // Anchors are many more than labels.
  return widths.length === 0 ? undefined : Math.min(...widths);
}
