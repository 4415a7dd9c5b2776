import { drawSamples } from '../dataset/split-source.js';
import type { SampleSource } from '../dataset/sample-source.js';
import { runVariant, type ModelPorts } from '../measure/run-variant.js';

export interface LoadRequest {
  readonly name: string;
  readonly variantPath: string;
  readonly compiledPath: string;
  readonly ports: ModelPorts;
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
  const { name, variantPath, compiledPath, ports, samples, rounds, signal } = request;
  const compared = drawSamples(samples, COMPARED, 1);
  const variantMs: number[] = [];
  const compiledMs: number[] = [];
  let largestDifference = 0;
  for (let round = 0; round < rounds; round += 1) {
    const sets = round === 0 ? [compared] : [];
    const load = (path: string, form: string) => runVariant(form, path, ports, sets, signal);
    const variant = await load(variantPath, name);
    const compiled = await load(compiledPath, `${name}, compiled`);
    variantMs.push(variant.loadMs);
    compiledMs.push(compiled.loadMs);
    if (round === 0) largestDifference = differenceOf(variant.outputs[0] ?? [], compiled.outputs[0] ?? []);
  }
  return { variantMs, compiledMs, largestDifference };
}

function differenceOf(one: readonly Float32Array[], other: readonly Float32Array[]): number {
  let largest = 0;
  one.forEach((values, sample) =>
    values.forEach((value, index) => {
      const difference = Math.abs(value - (other[sample]?.[index] ?? NaN));
      // NaN is a difference like no other.
      if (!(difference <= largest)) largest = difference;
    }),
  );
  return largest;
}
