import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { Random } from './random.js';
import { drawSurface, LABELS, SIDE, type Label } from './surface.js';

/** Splits differ in their seed alone; on a line most parts are good. */
const SPLITS = {
  train: { images: 6000, seed: 1 },
  test: { images: 1000, seed: 2 },
  line: { images: 600, seed: 3 },
} as const;
type Split = keyof typeof SPLITS;

const SHARES: readonly (readonly [Label, number])[] = [
  ['good', 0.52],
  ['scratch', 0.16],
  ['spot', 0.16],
  ['dent', 0.16],
];

const USAGE = `usage: node dist/generate.js [--out DIR] [--splits ${Object.keys(SPLITS).join(',')}]
Draws synthetic ${SIDE}x${SIDE} grey images of surfaces into DIR/SPLIT/LABEL/NNNN.png (labels: ${LABELS.join(', ')}).
The same split always gives the same images.`;

async function writeSplit(out: string, split: Split): Promise<void> {
  const { images, seed } = SPLITS[split];
  const folder = join(out, split);
  await rm(folder, { recursive: true, force: true });
  for (const label of LABELS) await mkdir(join(folder, label), { recursive: true });
  const random = new Random(seed);
  const writeNext = async (first: number): Promise<void> => {
    for (let i = first; i < images; i += LANES) {
      // A stream per image, so that the order of writing does not matter.
      const own = new Random(seeds[i] ?? 0);
      const label = own.pick(SHARES);
      const pixels = Uint8Array.from(drawSurface(label, own), (v) =>
        Math.max(0, Math.min(255, Math.round(v * 255))),
      );
      const png = await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
        .png({ compressionLevel: 6 })
        .toBuffer();
      await writeFile(join(folder, label, `${String(i).padStart(4, '0')}.png`), png);
    }
  };
  const seeds = Array.from({ length: images }, () => Math.floor(random.next() * 2 ** 32));
  await Promise.all(Array.from({ length: LANES }, (_, lane) => writeNext(lane)));
}

const LANES = availableParallelism();

const isSplit = (name: string): name is Split => Object.hasOwn(SPLITS, name);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      splits: { type: 'string', default: 'line' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const out = values.out ?? fileURLToPath(new URL('../images', import.meta.url));
  for (const name of values.splits.split(',')) {
    if (!isSplit(name)) {
      process.stderr.write(`unknown split "${name}"\n${USAGE}\n`);
      return 2;
    }
    await writeSplit(out, name);
  }
  return 0;
}

process.exitCode = await main();
