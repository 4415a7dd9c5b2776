export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Labelled {
  /** Middle and radius of the mark. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly text: string;
}

export interface PlacedLabel {
  /** Left end of the base line. */
  readonly x: number;
  readonly y: number;
  /** Whether it lies so far from its mark that a line should lead there. */
  readonly led: boolean;
}

const CHARACTER = 7;
const HEIGHT = 16;
const GAP = 6;
/** Rows above and below the mark in which a name may stand. */
const ROWS = [0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5];

/** Places for the names of marks so that they cover neither marks nor one another, near to far. */
export function placeLabels(marks: readonly Labelled[], area: Box): readonly PlacedLabel[] {
  const taken: Box[] = marks.map(({ x, y, radius }) => boxAround(x, y, radius));
  return marks.map(({ x, y, radius, text }) => {
    const width = text.length * CHARACTER;
    const places = ROWS.flatMap((row) => {
      const top = y + row * HEIGHT - HEIGHT / 2;
      const away = row === 0 ? radius + GAP : GAP + radius / 2;
      return [
        { row, box: { x: x + away, y: top, width, height: HEIGHT } },
        { row, box: { x: x - away - width, y: top, width, height: HEIGHT } },
      ];
    });
    const free = places.find(({ box }) => isInside(box, area) && !taken.some((other) => overlap(box, other)));
    const { row, box } = free ?? (places[0] as (typeof places)[number]);
    taken.push(box);
    return { x: box.x, y: box.y + HEIGHT - 4, led: Math.abs(row) > 1 };
  });
}

const boxAround = (x: number, y: number, radius: number): Box => ({
  x: x - radius,
  y: y - radius,
  width: 2 * radius,
  height: 2 * radius,
});

const isInside = (box: Box, area: Box): boolean =>
  box.x >= area.x &&
  box.y >= area.y &&
  box.x + box.width <= area.x + area.width &&
  box.y + box.height <= area.y + area.height;

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
