import type { Detection } from '@hamon/contracts';
import { overlap } from './boxes.js';

/** One sentence about what an answer lacks, or has too much, beside its expectation; undefined where neither. */
export function explain(
  missing: Detection | undefined,
  surplus: Detection | undefined,
  answered: readonly Detection[],
  tolerance: number,
): string | undefined {
  if (missing) {
    const nearest = nearestTo(missing, answered);
    const instead = nearest === undefined ? 'nothing is there' : `nearest is ${text(nearest)}`;
    return `${text(missing)} is expected within ${tolerance}, ${instead}`;
  }
  return surplus && `${text(surplus)} is found and not expected`;
}

function nearestTo(one: Detection, others: readonly Detection[]): Detection | undefined {
  let best: Detection | undefined;
  for (const other of others) {
    const iou = overlap(one.box, other.box);
    if (iou > (best ? overlap(one.box, best.box) : 0)) best = other;
  }
  return best;
}

function text({ label, confidence, box }: Detection): string {
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((n) => n.toFixed(1));
  return `"${label}" (${confidence.toFixed(3)}) at ${x}, ${y} of ${width}x${height}`;
}
