import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SPLITS } from './splits.js';
import { LABELS, SIDE } from './surface.js';
import { FORMS, writeSplit } from './write-split.js';

const USAGE = `usage: node dist/generate.js [--out DIR] [--splits ${Object.keys(SPLITS).join(',')}] [--forms ${Object.keys(FORMS).join(',')}]
Draws synthetic ${SIDE}x${SIDE} grey images of surfaces, of each split (default: line) in each form (default: classes):
  classes   DIR/SPLIT/LABEL/NNNN.png (labels: ${LABELS.join(', ')})
  boxes     DIR/SPLIT-boxes/annotations.json (COCO) with images/NNNN.png
  masks     DIR/SPLIT-masks/images/NNNN.png with masks/NNNN.png (a pixel is 0 or the COCO category)
The same split always gives the same images, in every form.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      splits: { type: 'string', default: 'line' },
      forms: { type: 'string', default: 'classes' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const out = values.out ?? join(fileURLToPath(new URL('..', import.meta.url)), 'images');
  for (const split of values.splits.split(',')) {
    for (const form of values.forms.split(',')) {
      if (!isKeyOf(SPLITS, split)) return refuse(`unknown split "${split}"`);
      if (!isKeyOf(FORMS, form)) return refuse(`unknown form "${form}"`);
      await writeSplit(out, split, form);
    }
  }
  return 0;
}

const isKeyOf = <T extends object>(table: T, key: string): key is Extract<keyof T, string> =>
  Object.hasOwn(table, key);

function refuse(why: string): number {
  process.stderr.write(`${why}\n${USAGE}\n`);
  return 2;
}

process.exitCode = await main();
