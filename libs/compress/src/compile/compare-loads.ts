import { drawSamples } from '../dataset/split-source.js';
import type { SampleSource } from '../dataset/sample-source.js';
import type { Tensors } from '@hamon/tasks';
import { PLAIN } from '../judge/yardstick.js';
import { runVariant, type ServedModel } from '../measure/run-variant.js';

export interface LoadRequest {
  readonly name: string;
  readonly variantPath: string;
  readonly compiledPath: string;
  readonly served: ServedModel;
  readonly samples: SampleSource;
  readonly rounds: number;
  readonly signal: AbortSignal | undefined;
}

export interface LoadComparison {
  readonly variantMs: readonly number[];
  readonly compiledMs: readonly number[];
  readonly largestDifference: number;
}

/** Samples whose answers are compared. */
const COMPARED = 32;

/** Loads a variant and its compiled form in turns, each time in a fresh process as on a device, and compares their answers once. */
export async function compareLoads(request: LoadRequest): Promise<LoadComparison> {
  const { name, variantPath, compiledPath, served, samples, rounds, signal } = request;
  const compared = drawSamples(samples, COMPARED, 1);
  const variantMs: number[] = [];
  const compiledMs: number[] = [];
  let largestDifference = 0;
  for (let round = 0; round < rounds; round += 1) {
    const load = async (path: string, form: string): Promise<LoadedAnswers> => {
      const answers: (readonly ArrayLike<number>[])[] = [];
      const take = async (index: number, outputs: Tensors): Promise<void> => {
        answers[index] = valuesOf(compared, outputs);
        await Promise.resolve();
      };
      const sets = round === 0 ? [{ source: compared, take }] : [];
      const { loadMs } = await runVariant(form, path, served, sets, signal);
      return { loadMs, answers };
    };
    const variant = await load(variantPath, name);
    const compiled = await load(compiledPath, `${name}, compiled`);
    variantMs.push(variant.loadMs);
    compiledMs.push(compiled.loadMs);
    if (round === 0) largestDifference = differenceOf(variant.answers.flat(), compiled.answers.flat());
  }
  return { variantMs, compiledMs, largestDifference };
}

interface LoadedAnswers {
  readonly loadMs: number;
  /** Of each sample. */
  readonly answers: readonly (readonly ArrayLike<number>[])[];
}

/** Scores as a device reads them, of other tasks the outputs. */
function valuesOf({ yardstick = PLAIN }: SampleSource, outputs: Tensors): readonly ArrayLike<number>[] {
  const scores = yardstick.scoresOf(outputs);
  return scores === undefined ? [...outputs.values()].map(({ data }) => data) : [scores];
}

function differenceOf(one: readonly ArrayLike<number>[], other: readonly ArrayLike<number>[]): number {
  let largest = 0;
  one.forEach((values, at) => {
    for (let index = 0; index < values.length; index += 1) {
      const difference = Math.abs((values[index] as number) - (other[at]?.[index] ?? NaN));
      // NaN is a difference like no other.
      if (!(difference <= largest)) largest = difference;
    }
  });
  return largest;
}
