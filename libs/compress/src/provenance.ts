import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { hardwareFacts } from '@hamon/inference';
import type { CompressOptions } from './compress-options.js';
import { digestOfRecipe, digestOfSamples, sha256OfFile } from './recipe/digest.js';
import type { Recipe } from './recipe/recipe.js';
import type { Provenance } from './report/compress-report.js';
import type { CompressSource } from './source/compress-source.js';

/** Everything that the result was made from and with, by its digest or version. */
export async function provenanceOf(
  { file, bytes }: CompressSource,
  recipe: Recipe,
  { calibration, evaluate }: CompressOptions,
): Promise<Provenance> {
  const { onnxruntime, node } = await hardwareFacts('');
  return {
    recipe,
    recipeSha256: digestOfRecipe(recipe),
    tools: { hamon: await ownVersion(), onnxruntime, node },
    input: { file: basename(file), bytes: bytes.length, sha256: await sha256OfFile(file) },
    ...(calibration === undefined ? {} : { calibration: await provenanceOfFolder(calibration) }),
    ...(evaluate === undefined ? {} : { evaluation: await provenanceOfFolder(evaluate) }),
  };
}

async function provenanceOfFolder(dir: string) {
  const { files, sha256 } = await digestOfSamples(dir);
  return { samples: files, sha256 };
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
