import {
  err,
  ok,
  type BundleInput,
  type Detection,
  type DetectionAnswer,
  type DetectionSpec,
  type FrameSize,
  type Result,
} from '@hamon/contracts';
import { placeFrame } from '../geometry.js';
import { areFinite, floatsOf, mismatch, notFinite } from '../shared/read-tensor.js';
import type { Decode, DecodeFault } from '../task.js';
import { mayBe, type Tensors } from '../tensors.js';
import { Candidates, MAX_ANCHORS } from './candidates.js';
import { misfit } from './check-outputs.js';
import type { ReadOutput, ReadTensor } from './formats/format.js';
import { formatOf } from './formats/formats.js';
import type { Head } from './head.js';
import { Suppression } from './suppression.js';
import { thresholdsOf } from './threshold.js';

/** One decoder serves one model; its buffers are those of the largest output so far. */
export function decoder(spec: DetectionSpec, input: BundleInput): Decode<'detection'> {
  const candidates = new Candidates(thresholdsOf(spec), spec.scoreActivation);
  const suppression = new Suppression(spec.labels.length, spec.maxDetections, spec.iou);
  return (tensors, frame) => {
    const read = headOf(spec, input, tensors);
    if (!read.ok) return read;
    const head = read.value;
    const ranked = candidates.rank(head, spec.maxCandidates);
    if (typeof ranked === 'string') return mismatch(ranked);
    const kept = suppression.keep(head, ranked, candidates.labels);
    if (kept === undefined) return boxNotFinite(spec, input);
    const detections = detectionsOf(spec, input, frame, candidates, suppression, kept);
    const cut = candidates.above - ranked.length;
    return ok<DetectionAnswer>(cut === 0 ? { detections } : { detections, candidatesCut: cut });
  };
}

/** A model's outputs in the way of the bundle's format, every value finite. */
export function headOf(spec: DetectionSpec, input: BundleInput, tensors: Tensors): Result<Head, DecodeFault> {
  const format = formatOf(spec);
  const read: ReadTensor[] = [];
  for (const output of format.outputs(spec, input)) {
    const tensor = tensorOf(output, spec, input, tensors);
    if (!tensor.ok) return tensor;
    read.push(tensor.value);
  }
  const head = format.head(spec, input, read);
  if (typeof head === 'string') return mismatch(head);
  if (head.anchors > MAX_ANCHORS) return mismatch(`${head.anchors} boxes are more than ${MAX_ANCHORS}`);
  const fault = format.implausible?.(head, input);
  return fault === undefined ? ok(head) : mismatch(`output.format is "${spec.format}", but ${fault}`);
}

function tensorOf(
  output: ReadOutput,
  spec: DetectionSpec,
  input: BundleInput,
  tensors: Tensors,
): Result<ReadTensor, DecodeFault> {
  const { name, wanted } = output;
  const floats = floatsOf(tensors, name);
  if (!floats.ok) return floats;
  const { dims, data } = floats.value;
  if (!wanted.some((shape) => mayBe(dims, shape))) return mismatch(misfit(output, dims, spec, input));
  return areFinite(data) ? ok({ dims, data }) : notFinite(name);
}

/** Boxes in pixels of the frame, cut at its edges; what lies outside altogether is left out. */
function detectionsOf(
  { labels }: DetectionSpec,
  input: BundleInput,
  frame: FrameSize,
  best: Candidates,
  { corners, anchors }: Suppression,
  kept: number,
): Detection[] {
  const { scaleX, scaleY, offsetX, offsetY } = placeFrame(input, frame);
  const clip = (value: number, size: number): number => Math.min(size, Math.max(0, value));
  const detections: Detection[] = [];
  for (let i = 0; i < kept; i += 1) {
    const edge = (part: number): number => corners[4 * i + part] as number;
    const x = clip((edge(0) - offsetX) / scaleX, frame.width);
    const y = clip((edge(1) - offsetY) / scaleY, frame.height);
    const width = clip((edge(2) - offsetX) / scaleX, frame.width) - x;
    const height = clip((edge(3) - offsetY) / scaleY, frame.height) - y;
    if (width <= 0 || height <= 0) continue;
    const anchor = anchors[i] as number;
    detections.push({
      label: labels[best.labels[anchor] as number] as string,
      confidence: best.scores[anchor] as number,
      box: { x, y, width, height },
    });
  }
  return detections;
}

/** The values themselves are finite: an exponential of them is not. */
function boxNotFinite(spec: DetectionSpec, input: BundleInput): Result<never, DecodeFault> {
  const name = formatOf(spec).outputs(spec, input)[0]?.name ?? '';
  return err({ code: 'output-not-finite', detail: `a box of output "${name}" is infinitely large` });
}
