import type { DetectionAnswer, DetectionSpec } from '@hamon/contracts';

/** Float error around 1 that is no sign of a missing activation. */
const SCORE_SLACK = 1e-3;
/** No box lies beyond it where shares of the input were taken for pixels. */
const CORNER_PIXELS = 2;

/** Why answers to golden samples show that `output` describes the outputs wrongly: what no shape and no grid tells. */
export function implausible(answers: readonly DetectionAnswer[], spec: DetectionSpec): string | undefined {
  const all = answers.flatMap(({ detections }) => detections);
  const highest = all.reduce((most, { confidence }) => Math.max(most, confidence), 0);
  if (highest > 1 + SCORE_SLACK) {
    return `output.scoreActivation is "${spec.scoreActivation}" and a score is ${highest.toFixed(3)}, which is above 1: name the activation that is missing`;
  }
  if (
    spec.scoreActivation === 'sigmoid' &&
    answers.length > 0 &&
    answers.every((one) => isFlooded(one, spec))
  ) {
    return 'every score is 0.5 or more: the model has applied the sigmoid of output.scoreActivation already';
  }
  const reach = all.reduce((most, { box }) => Math.max(most, box.x + box.width, box.y + box.height), 0);
  if (all.length > 0 && reach <= CORNER_PIXELS) {
    return `every box lies within the first ${CORNER_PIXELS} pixels of its frame: coordinates are shares of the input, not pixels`;
  }
  return undefined;
}

/** A sigmoid of what is from 0 to 1 already is from 0.5 to 0.73. */
function isFlooded({ detections, candidatesCut = 0 }: DetectionAnswer, spec: DetectionSpec): boolean {
  const isFull = candidatesCut > 0 || detections.length === spec.maxDetections;
  return isFull && detections.every(({ confidence }) => confidence >= 0.5 && confidence <= 0.7311);
}
