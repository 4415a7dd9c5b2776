import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readModel } from '@hamon/onnx';
import { median } from '@hamon/stats';
import type { SampleSource } from '../dataset/sample-source.js';
import type { TimedLatency } from '../measure/measure-latency.js';
import type { ServedModel } from '../measure/run-variant.js';
import { sha256Of } from '../recipe/digest.js';
import { TensorSession } from '../runtime/tensor-session.js';
import { compareLoads } from './compare-loads.js';
import type { CompiledReport } from './compiled-report.js';
import { payoffsOf } from './payoffs-of.js';
import { portabilityOf } from './portability-of.js';

interface ModelFile {
  readonly name: string;
  readonly path: string;
}

/** A compiled form that is still to be measured. */
export interface CompiledDraft extends ModelFile {
  /** From the output folder. */
  readonly file: string;
  readonly variant: ModelFile;
}

/** Compiles each model into `compiled/CLASS/` of a folder. */
export async function compileVariants(
  folder: string,
  variants: readonly ModelFile[],
  hardwareClass: string,
  onVariant: (name: string, done: number, of: number) => void,
  signal?: AbortSignal,
): Promise<readonly CompiledDraft[]> {
  const drafts: CompiledDraft[] = [];
  for (const [index, { name, path }] of variants.entries()) {
    onVariant(name, index, variants.length);
    const file = `compiled/${hardwareClass}/model.${name}.onnx`;
    const target = join(folder, file);
    await mkdir(dirname(target), { recursive: true });
    await compileModel(path, target, signal);
    drafts.push({ name: `${name}, compiled`, path: target, file, variant: { name, path } });
  }
  return drafts;
}

/**
 * Has onnxruntime write a model as it optimizes it for this machine's CPU, all levels included: fusions, and the layouts
 * that its kernels want. In a child process, at one thread.
 * @throws CompressError as {@link TensorSession.open} does
 */
async function compileModel(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const session = await TensorSession.open(from, { threads: 1, optimizedModelPath: to, signal });
  await session.close();
}

export interface JudgeRequest {
  readonly drafts: readonly CompiledDraft[];
  /** Of the variants and of the drafts, from the same alternating blocks, in the order of `drafts`. */
  readonly latencies: readonly { readonly variant: TimedLatency; readonly compiled: TimedLatency }[];
  readonly hardwareClass: string;
  readonly onnxruntime: string;
  readonly served: ServedModel;
  readonly samples: SampleSource;
  /** Pairs of loads for each variant. */
  readonly loads: number;
  readonly onVariant: (name: string, done: number, of: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Keeps the files that pay by more than noise, removes the others, and reports on all. */
export async function judgeCompiled(request: JudgeRequest): Promise<readonly CompiledReport[]> {
  const { drafts } = request;
  const reports: CompiledReport[] = [];
  for (const [index, draft] of drafts.entries()) {
    request.onVariant(draft.variant.name, index, drafts.length);
    reports.push(await judgeOne(request, draft, request.latencies[index]));
  }
  if (reports.every(({ file }) => file === undefined))
    for (const path of new Set(drafts.map((draft) => dirname(dirname(draft.path)))))
      await rm(path, { recursive: true, force: true });
  return reports;
}

async function judgeOne(
  { hardwareClass, onnxruntime, served, samples, loads, signal }: JudgeRequest,
  { variant, file, path }: CompiledDraft,
  timed: JudgeRequest['latencies'][number] | undefined,
): Promise<CompiledReport> {
  if (timed === undefined) throw new Error(`${file} was not measured`);
  const { variantMs, compiledMs, largestDifference } = await compareLoads({
    name: variant.name,
    variantPath: variant.path,
    compiledPath: path,
    served,
    samples,
    rounds: loads,
    signal,
  });
  const latencyRatios = ratiosOf(timed.compiled.blocksP50Ms, timed.variant.blocksP50Ms);
  const loadRatios = ratiosOf(compiledMs, variantMs);
  const payoffs = payoffsOf({ latencyRatios, loadRatios, largestDifference });
  const bytes = await readFile(path);
  if (payoffs.length === 0) await rm(path);
  const { blocksP50Ms: _blocks, ...latency } = timed.compiled;
  return {
    variant: variant.name,
    ...(payoffs.length === 0 ? {} : { file }),
    bytes: bytes.length,
    sha256: sha256Of(bytes),
    payoffs,
    latency,
    latencyRatio: median(latencyRatios),
    loadMs: median(compiledMs),
    variantLoadMs: median(variantMs),
    loadRatio: median(loadRatios),
    largestDifference,
    ...portabilityOf(readModel(bytes), hardwareClass, onnxruntime),
  };
}

const ratiosOf = (over: readonly number[], under: readonly number[]): readonly number[] =>
  over.map((value, index) => value / (under[index] ?? NaN));
