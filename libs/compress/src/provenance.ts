import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { hardwareFacts } from '@hamon/inference';
import type { LabelledFolder } from './dataset/labelled/labelled-folder.js';
import { digestOfRecipe, digestOfSamples, sha256OfFile } from './recipe/digest.js';
import type { Recipe } from './recipe/recipe.js';
import type { Provenance } from './report/compress-report.js';
import type { CompressSource } from './source/compress-source.js';
import type { CompressSamples } from './source/open-samples.js';

/** Everything that the result was made from and with, by its digest or version. */
export async function provenanceOf(
  { file, bytes }: CompressSource,
  recipe: Recipe,
  { calibration, evaluation }: CompressSamples['folders'],
): Promise<Provenance> {
  const { onnxruntime, node } = await hardwareFacts('');
  return {
    recipe,
    recipeSha256: digestOfRecipe(recipe),
    tools: { hamon: await ownVersion(), onnxruntime, node },
    input: { file: basename(file), bytes: bytes.length, sha256: await sha256OfFile(file) },
    ...(calibration === undefined ? {} : { calibration: await provenanceOfFolder(calibration) }),
    ...(evaluation === undefined ? {} : { evaluation: await provenanceOfFolder(evaluation) }),
  };
}

async function provenanceOfFolder(folder: LabelledFolder) {
  const { files, sha256 } = await digestOfSamples(folder);
  return { samples: files, sha256 };
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
