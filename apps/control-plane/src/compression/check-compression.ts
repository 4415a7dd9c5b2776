import { needsCalibration, parseRecipe, type CompressError, type Recipe } from '@hamon/compress';
import { fieldProblems, ORIGINAL_VARIANT, SAMPLE_SETS, type StartCompression } from '@hamon/contracts';
import { z } from 'zod';
import { ControlPlaneError } from '../platform/errors.js';
import type { Version } from '../registry/version.entity.js';

export function refuse(
  field: string,
  rule: string,
  code: 'invalid-request' | 'artifact-missing' = 'invalid-request',
): never {
  throw new ControlPlaneError(code, `${field}: ${rule}`, { errors: [{ field, rule }] });
}

/**
 * The recipe with defaults filled in, by the rules of `hamon compress`. Files compiled for one class of machines
 * are no part of a bundle, and a server keeps nothing else of the result.
 */
export function readRecipe(recipe: StartCompression['recipe']): Recipe {
  const read = parsed(recipe);
  if (read.compile) {
    refuse(
      'recipe.compile',
      'must be false on the server: run "hamon compress" on a machine that is to keep the files',
    );
  }
  return read;
}

function parsed(recipe: StartCompression['recipe']): Recipe {
  try {
    return parseRecipe(recipe);
  } catch (error) {
    const { cause } = error as CompressError;
    if (!(cause instanceof z.ZodError)) throw error;
    const [problem] = fieldProblems(cause);
    return refuse(`recipe.${problem?.field ?? ''}`, problem?.rule ?? 'is not valid');
  }
}

export function checkCalibration({ variants }: Recipe, { calibration }: StartCompression): void {
  const needing = calibration === undefined ? variants.find(needsCalibration) : undefined;
  if (needing !== undefined) refuse('calibration', `must be given: variant ${needing} is made with samples`);
}

/** May variants be made of this version? */
export function checkSource({ model, version, state, bundle }: Version): void {
  if (state !== 'validated' && state !== 'released') {
    throw new ControlPlaneError(
      'version-state',
      `sourceVersion: ${model}@${version} is ${state}; only a validated or released version can be compressed.`,
    );
  }
  if (!bundle.variants.some(({ name }) => name === ORIGINAL_VARIANT)) {
    refuse(
      'sourceVersion',
      `${model}@${version} has no variant "${ORIGINAL_VARIANT}", which the others are made from`,
    );
  }
}

/** Class subfolders must be labels of the model: reported here, not after minutes in the queue. */
export function checkLabels(wanted: StartCompression, labels: readonly string[]): void {
  for (const set of SAMPLE_SETS) {
    for (const [i, { path }] of (wanted[set] ?? []).entries()) {
      const at = path.indexOf('/');
      if (at < 0 || labels.includes(path.slice(0, at))) continue;
      const rule = `the class folder "${path.slice(0, at)}" is none of the model's labels: ${labels.join(', ')}`;
      refuse(`${set}.${i}.path`, rule);
    }
  }
}

/** @param stored lengths of the fleet's artifacts by digest */
export function checkUploaded(wanted: StartCompression, stored: ReadonlyMap<string, number>): void {
  for (const set of SAMPLE_SETS) {
    for (const [i, { path, sha256, length }] of (wanted[set] ?? []).entries()) {
      const found = stored.get(sha256);
      if (found === length) continue;
      const rule =
        found === undefined
          ? `"${path}" was not uploaded: PUT /v1/artifacts/${sha256} first`
          : `"${path}" has ${found} bytes, ${length} were announced`;
      refuse(`${set}.${i}`, rule, 'artifact-missing');
    }
  }
}
