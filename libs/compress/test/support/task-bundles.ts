import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodePng } from '@hamon/inference';
import { attribute, createModel, Tensor, type NewNode, type OnnxModel } from '@hamon/onnx';
import { seededRandom } from '@hamon/stats';
import { bundleFolder, SIDE, temporaryFolder } from './small-bundle.js';

const CHANNELS = 4;
const pads = { pads: attribute.ints([1, 1, 1, 1]) };

/** Two convolutions whose first channel is the image, slightly blurred; the others are noise that nobody looks at. */
function network(
  nodes: readonly NewNode[],
  outputs: Record<string, readonly (number | string)[]>,
  more: Tensor[],
): OnnxModel {
  const random = seededRandom(5);
  const noise = (size: number): Float32Array =>
    Float32Array.from({ length: size }, () => 0.05 * random.normal());
  const [first, second] = [noise(CHANNELS * 9), noise(CHANNELS * CHANNELS * 9)];
  first.fill(0.05, 0, 9);
  first[4] = 0.6;
  second.fill(0, 0, CHANNELS * 9);
  second[4] = 1;
  return createModel({
    inputs: { image: { dims: ['batch', 1, SIDE, SIDE] } },
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, dims]) => [name, { dims }])),
    nodes: [
      { name: 'first', opType: 'Conv', inputs: ['image', 'w1'], outputs: ['c1'], attributes: pads },
      { name: 'relu', opType: 'Relu', inputs: ['c1'], outputs: ['r1'] },
      { name: 'second', opType: 'Conv', inputs: ['r1', 'w2'], outputs: ['c2'], attributes: pads },
      ...nodes,
    ],
    initializers: [
      Tensor.ofFloats('w1', [CHANNELS, 1, 3, 3], first),
      Tensor.ofFloats('w2', [CHANNELS, CHANNELS, 3, 3], second),
      ...more,
    ],
  });
}

/** How bright an image is, from 0 to 1. */
export const regressionBundle = (): Promise<string> =>
  bundleFolder(
    network(
      [
        { opType: 'GlobalAveragePool', inputs: ['c2'], outputs: ['p'] },
        { opType: 'Flatten', inputs: ['p'], outputs: ['f'] },
        { name: 'last', opType: 'Gemm', inputs: ['f', 'w3', 'b3'], outputs: ['y'] },
      ],
      { y: ['batch', 1] },
      [Tensor.ofFloats('w3', [CHANNELS, 1], [1, 0.01, 0.01, 0.01]), Tensor.ofFloats('b3', [1], [0])],
    ),
    {
      schema: 'hamon.bundle/2',
      task: 'regression',
      output: { name: 'y', values: [{ name: 'brightness', unit: '' }] },
    },
  );

/** Which pixels are bright. */
export const segmentationBundle = (): Promise<string> =>
  bundleFolder(
    network(
      [{ name: 'last', opType: 'Conv', inputs: ['c2', 'w3', 'b3'], outputs: ['y'] }],
      { y: ['batch', 2, SIDE, SIDE] },
      [
        Tensor.ofFloats('w3', [2, CHANNELS, 1, 1], [-10, 0, 0, 0, 10, 0, 0, 0]),
        Tensor.ofFloats('b3', [2], [5, -5]),
      ],
    ),
    {
      schema: 'hamon.bundle/2',
      task: 'segmentation',
      output: { name: 'y', activation: 'softmax', labels: ['dark', 'bright'], background: 0 },
    },
  );

/** The brightest spot, and where it is. */
export const anomalyBundle = (): Promise<string> =>
  bundleFolder(
    network(
      [
        { name: 'last', opType: 'Conv', inputs: ['c2', 'w3'], outputs: ['map'] },
        {
          opType: 'ReduceMax',
          inputs: ['map'],
          outputs: ['score'],
          attributes: { axes: attribute.ints([1, 2, 3]), keepdims: attribute.int(0) },
        },
      ],
      { map: ['batch', 1, SIDE, SIDE], score: ['batch'] },
      [Tensor.ofFloats('w3', [1, CHANNELS, 1, 1], [1, 0.01, 0.01, 0.01])],
    ),
    {
      schema: 'hamon.bundle/2',
      task: 'anomaly',
      output: { score: 'score', map: 'map', minimum: 0, maximum: 1, threshold: 0.6 },
    },
  );

/** Dark images, every other one with a bright square, written as a folder of each form wants them. */
export async function taskFolders(count: number, seed: number) {
  const random = seededRandom(seed);
  const [values, masks, anomaly] = [
    await temporaryFolder(),
    await temporaryFolder(),
    await temporaryFolder(),
  ];
  const lines = ['file,brightness'];
  for (let at = 0; at < count; at += 1) {
    const { pixels, mask, hasSquare } = picture(random.next, at % 2 === 1);
    const image = await png(pixels);
    const name = `${String(at).padStart(3, '0')}.png`;
    await put(values, name, image);
    lines.push(`${name},${pixels.reduce((sum, value) => sum + value, 0) / pixels.length / 255}`);
    await put(masks, `images/${name}`, image);
    await put(masks, `masks/${name}`, await png(mask));
    await put(anomaly, `${hasSquare ? 'square' : 'good'}/${name}`, image);
    if (hasSquare) await put(anomaly, `ground_truth/square/${name}`, await png(mask));
  }
  await put(values, 'values.csv', lines.join('\n'));
  return { values, masks, anomaly };
}

function picture(next: () => number, hasSquare: boolean) {
  const base = 20 + 60 * next();
  const pixels = Uint8Array.from({ length: SIDE * SIDE }, () => base + 20 * next());
  const mask = new Uint8Array(SIDE * SIDE);
  if (hasSquare) {
    const [left, top] = [Math.floor(4 * next()), Math.floor(4 * next())];
    for (let y = top; y < top + 4; y += 1)
      for (let x = left; x < left + 4; x += 1) {
        pixels[y * SIDE + x] = 235 + 20 * next();
        mask[y * SIDE + x] = 1;
      }
  }
  return { pixels, mask, hasSquare };
}

const png = (pixels: Uint8Array): Promise<Uint8Array> =>
  encodePng(pixels, { width: SIDE, height: SIDE, channels: 1 });

async function put(dir: string, path: string, content: Uint8Array | string): Promise<void> {
  const file = join(dir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
