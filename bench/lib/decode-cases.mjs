import { seededRandom } from '@hamon/stats';

/** The camera's frames. */
const FRAME = { width: 1280, height: 720 };
const TILE = { width: 112, height: 112 };

const input = (width, height) => ({
  name: 'images',
  layout: 'NCHW',
  width,
  height,
  channels: 3,
  dtype: 'float32',
  resize: 'contain',
  scale: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
});

const LABELS = 80;

const detector = (format) => ({
  format,
  name: 'output0',
  labels: Array.from({ length: LABELS }, (_, i) => `label-${i}`),
  scoreActivation: 'none',
  threshold: 0.25,
  iou: 0.45,
  maxDetections: 100,
  maxCandidates: 3000,
});

/** Boxes anywhere in the input, `above` anchors of them above the threshold, under all labels. */
function boxes(anchors, above, objectness) {
  const random = seededRandom(anchors + above);
  const width = (objectness ? 5 : 4) + LABELS;
  const data = new Float32Array(width * anchors);
  const set = (anchor, part, value) => {
    data[objectness ? anchor * width + part : part * anchors + anchor] = value;
  };
  const hot = new Set(random.shuffled(Array.from({ length: anchors }, (_, i) => i)).slice(0, above));
  for (let anchor = 0; anchor < anchors; anchor += 1) {
    for (const part of [0, 1]) set(anchor, part, 640 * random.next());
    for (const part of [2, 3]) set(anchor, part, 10 + 90 * random.next());
    const isHot = hot.has(anchor);
    if (objectness) set(anchor, 4, isHot ? 0.6 + 0.4 * random.next() : 0.02 * random.next());
    for (let label = 0; label < LABELS; label += 1) set(anchor, width - LABELS + label, 0.2 * random.next());
    if (isHot) set(anchor, width - LABELS + random.below(LABELS), 0.5 + 0.5 * random.next());
  }
  const dims = objectness ? [1, anchors, width] : [1, width, anchors];
  return () => new Map([['output0', { dims, data }]]);
}

/** @param above anchors above the threshold */
function detection(anchors, above, objectness, aim) {
  const output = detector(objectness ? 'yolo-objectness' : 'yolo');
  const shape = objectness ? `${anchors} x ${5 + LABELS}, objectness` : `${4 + LABELS} x ${anchors}`;
  return {
    what: `detection ${shape}, ${above === anchors ? 'all' : above} above the threshold`,
    task: 'detection',
    input: input(640, 640),
    frame: FRAME,
    output,
    tensors: boxes(anchors, above, objectness),
    aim,
    python: { of: 'detection', anchors, objectness, ...output, labels: LABELS },
  };
}

/** Scores of six labels whose best ones form patches, as of a part with several faults. */
function patches() {
  const random = seededRandom(6);
  const { width, height } = TILE;
  const data = Float32Array.from({ length: 6 * width * height }, () => random.normal());
  for (let patch = 0; patch < 20; patch += 1) {
    const [x, y, size] = [random.below(90), random.below(90), 4 + random.below(18)];
    const plane = random.below(6) * width * height;
    for (let row = y; row < y + size; row += 1) {
      for (let column = x; column < x + size; column += 1) data[plane + row * width + column] += 6;
    }
  }
  for (let i = 0; i < width * height; i += 1) data[i] += 3;
  return () => new Map([['output0', { dims: [1, 6, height, width], data }]]);
}

const segmentation = {
  what: 'segmentation 112 x 112 x 6',
  task: 'segmentation',
  input: input(TILE.width, TILE.height),
  frame: TILE,
  output: {
    name: 'output0',
    activation: 'none',
    labels: ['Background', 'Blowhole', 'Break', 'Crack', 'Fray', 'Uneven'],
    background: 0,
    minArea: 0,
  },
  tensors: patches(),
  aim: 3,
  python: { of: 'segmentation', labels: 6, ...TILE },
};

/**
 * What is measured: `tensors` makes a model's outputs, `aim` is in milliseconds, `python` is what `decode.py` is told (its
 * function as `of`), and left out where it has none.
 */
export const CASES = [
  detection(25_200, 300, true, 4),
  detection(8400, 300, false, 4),
  detection(25_200, 25_200, true, 15),
  detection(8400, 8400, false, 15),
  segmentation,
];
