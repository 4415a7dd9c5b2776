import { type Defect, defectOf } from './defect.js';
import type { Random } from './random.js';

/** Side of the square images, in pixels. */
export const SIDE = 96;

export const LABELS = ['dent', 'good', 'scratch', 'spot'] as const;
export type Label = (typeof LABELS)[number];

export type DefectLabel = Exclude<Label, 'good'>;

/** Grey values in [0, 1], row by row, `SIDE * SIDE` of them. */
type Surface = Float32Array;

/** Changes a surface. All that is random in it was drawn when it was made. */
type Stroke = (surface: Surface) => void;

/** One thing to see, drawn with one or several strokes. */
type Mark = readonly Stroke[];

export interface Picture {
  readonly surface: Surface;
  /** What was drawn of the picture's label: none on a good part, two where there are two spots. */
  readonly defects: readonly Defect[];
}

/**
 * One synthetic picture of a brushed metal surface under a line camera: a grain in one direction, blotches, uneven
 * light, sensor noise, and at most one kind of defect. Some defects are faint and some good parts carry harmless marks,
 * so that no model is perfect.
 */
export function drawSurface(label: Label, random: Random): Picture {
  const surface = texture(random);
  const defects: Defect[] = [];
  for (const mark of MARKS[label](random)) {
    const change = draw(surface, mark);
    const defect = label === 'good' ? undefined : defectOf(label, change, SIDE);
    if (defect) defects.push(defect);
  }
  light(surface, random);
  for (let i = 0; i < surface.length; i++) surface[i] = (surface[i] ?? 0) + 0.025 * random.normal();
  return { surface, defects };
}

/** Answers how much each pixel was changed; strokes that cancel each other out count all the same. */
function draw(surface: Surface, mark: Mark): Float32Array {
  const change = new Float32Array(surface.length);
  for (const stroke of mark) {
    const before = surface.slice();
    stroke(surface);
    for (let i = 0; i < change.length; i++)
      change[i] = (change[i] ?? 0) + Math.abs((surface[i] ?? 0) - (before[i] ?? 0));
  }
  return change;
}

function texture(random: Random): Surface {
  const surface = new Float32Array(SIDE * SIDE);
  const angle = random.between(-0.15, 0.15);
  const grain = Array.from({ length: 3 * SIDE }, () => random.normal());
  const strength = random.between(0.02, 0.05);
  const blotches = Array.from({ length: 4 }, () => ({
    x: random.between(0, SIDE),
    y: random.between(0, SIDE),
    radius: random.between(15, 40),
    depth: random.between(-0.05, 0.05),
  }));
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const line = y + x * Math.tan(angle) + SIDE;
      const low = Math.floor(line);
      const share = line - low;
      let value = 0.5 + strength * ((grain[low] ?? 0) * (1 - share) + (grain[low + 1] ?? 0) * share);
      for (const { x: bx, y: by, radius, depth } of blotches) {
        value += depth * Math.exp(-((x - bx) ** 2 + (y - by) ** 2) / (2 * radius ** 2));
      }
      surface[y * SIDE + x] = value;
    }
  }
  return surface;
}

/** Adds `profile(distance)` around a point, up to `reach` pixels away. */
function stamp(
  surface: Surface,
  cx: number,
  cy: number,
  reach: number,
  profile: (distance: number) => number,
) {
  for (let y = Math.max(0, Math.ceil(cy - reach)); y < Math.min(SIDE, cy + reach); y++) {
    for (let x = Math.max(0, Math.ceil(cx - reach)); x < Math.min(SIDE, cx + reach); x++) {
      const distance = Math.hypot(x - cx, y - cy);
      if (distance < reach) surface[y * SIDE + x] = (surface[y * SIDE + x] ?? 0) + profile(distance);
    }
  }
}

/** A line of soft dots along a gently bent path. */
function line(random: Random, length: number, width: number, depth: number): Mark {
  const start = random.between(0, Math.PI);
  const bend = random.between(-0.015, 0.015);
  const startX = random.between(0.2, 0.8) * SIDE - (Math.cos(start) * length) / 2;
  const startY = random.between(0.2, 0.8) * SIDE - (Math.sin(start) * length) / 2;
  const dot = (distance: number) => (depth * Math.exp(-((distance / width) ** 2))) / width;
  return [
    (surface) => {
      let [angle, x, y] = [start, startX, startY];
      for (let step = 0; step < length; step++) {
        stamp(surface, x, y, 2 * width, dot);
        x += Math.cos(angle);
        y += Math.sin(angle);
        angle += bend;
      }
    },
  ];
}

const margin = (random: Random) => random.between(0.15, 0.85) * SIDE;

function blob(random: Random): Mark {
  const radius = random.between(2, 5.5);
  const depth = -random.between(0.08, 0.3);
  const [cx, cy] = [margin(random), margin(random)];
  const profile = (distance: number) => depth / (1 + Math.exp(2.5 * (distance - radius)));
  return [(surface) => stamp(surface, cx, cy, 2 * radius, profile)];
}

/** A hollow: dark on the side away from the light, bright on the other. */
function hollow(random: Random): Mark {
  const radius = random.between(7, 16);
  const depth = random.between(0.05, 0.2);
  const towards = random.between(0, 2 * Math.PI);
  const [cx, cy] = [margin(random), margin(random)];
  const shift = radius * 0.5;
  const bump = (sign: number): Stroke => {
    const [x, y] = [cx + sign * shift * Math.cos(towards), cy + sign * shift * Math.sin(towards)];
    return (surface) =>
      stamp(surface, x, y, 2 * radius, (d) => sign * depth * Math.exp(-((d / (0.6 * radius)) ** 2)));
  };
  return [bump(1), bump(-1)];
}

const MARKS: Readonly<Record<Label, (random: Random) => readonly Mark[]>> = {
  scratch(random) {
    const depth = random.between(0.07, 0.3) * (random.next() < 0.7 ? 1 : -1);
    return [line(random, random.between(20, 70), random.between(0.7, 1.4), depth)];
  },
  spot: (random) => Array.from({ length: random.next() < 0.3 ? 2 : 1 }, () => blob(random)),
  dent: (random) => [hollow(random)],
  /** Dust, a faint wipe mark or nothing: what an inspector waves through. */
  good(random) {
    const kind = random.next();
    if (kind < 0.2)
      return [line(random, random.between(8, 16), random.between(1.5, 2.5), random.between(-0.1, 0.1))];
    if (kind >= 0.4) return [];
    const depth = -random.between(0.03, 0.12);
    const [cx, cy] = [margin(random), margin(random)];
    return [[(surface) => stamp(surface, cx, cy, 3, (d) => depth * Math.exp(-((d / 1.2) ** 2)))]];
  },
};

/** Gain, offset and a slope across the picture: the lamp ages and hangs askew. */
function light(surface: Surface, random: Random): void {
  const gain = random.between(0.75, 1.2);
  const offset = random.between(-0.08, 0.08);
  const [slopeX, slopeY] = [random.between(-0.12, 0.12), random.between(-0.12, 0.12)];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const i = y * SIDE + x;
      surface[i] = (surface[i] ?? 0) * gain + offset + (slopeX * x + slopeY * y) / SIDE;
    }
  }
}
