import { cpus } from 'node:os';
import { ORIGINAL_VARIANT } from '@hamon/contracts';
import { hardwareFacts } from '@hamon/inference';
import { Shared, type BuildContext } from './build/build-context.js';
import { hardwareClassOf } from './choose/hardware-class.js';
import { compileVariants, judgeCompiled, type CompiledDraft } from './compile/compile-variants.js';
import type { CompiledReport } from './compile/compiled-report.js';
import type { CompressOptions, CompressProgress } from './compress-options.js';
import { CompressError } from './errors.js';
import { makeVariant, writeOriginal, type MadeVariant } from './made-variant.js';
import type { TimedLatency } from './measure/measure-latency.js';
import { measureVariants, type Measurements } from './measure/measure-variants.js';
import { runVariant } from './measure/run-variant.js';
import { OutputFolder, REPORT_FILE } from './output/output-folder.js';
import { writeBundle } from './output/write-bundle.js';
import { provenanceOf } from './provenance.js';
import { parseRecipe } from './recipe/read-recipe.js';
import type { Recipe } from './recipe/recipe.js';
import type { CompressReport, Provenance, VariantReport } from './report/compress-report.js';
import { frontOf, selectionOf } from './report/choice-of.js';
import { reportPage } from './report/html/page.js';
import { LayerTable } from './report/layer-table.js';
import { openSamples, type CompressSamples } from './source/open-samples.js';
import { learnOpenShapes } from './source/learn-open-shapes.js';
import { openSource } from './source/open-source.js';
import type { CompressSource } from './source/compress-source.js';

const REPORT_PAGE = 'report.html';
/** Pairs of loads that tell a compiled form from its variant; each load is a process. */
const MAX_LOADS = 11;

/** What one run works with, opened and checked. */
interface Run {
  readonly begin: number;
  readonly recipe: Recipe;
  readonly source: CompressSource;
  readonly samples: CompressSamples;
  readonly provenance: Provenance;
  readonly machine: CompressReport['machine'];
  readonly layers: LayerTable;
  readonly onProgress: (progress: CompressProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes variants of a float model, measures them on this machine, chooses, and writes a folder that can be pushed. The
 * folder appears as a whole at the end, or not at all. With `result-refused` it holds everything but the bundle.
 * @param signal ends the run, child processes included
 * @throws CompressError for everything that can be wrong with options, folders and the model; OnnxError for files that
 * are no sound model
 */
export async function compress(
  options: CompressOptions,
  onProgress: (progress: CompressProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<CompressReport> {
  const run = await openRun(options, onProgress, signal);
  const folder = await OutputFolder.open(options.out);
  try {
    const made = await makeVariants(run, folder);
    const drafts = await compiledDrafts(run, folder, made);
    const measured = await measureAll(run, made, drafts);
    const variants = made.map((variant, index) => reportOn(variant, measured.variants[index]));
    const compiled = await keepCompiled(run, made, drafts, measured.oneThread);
    onProgress({ phase: 'finish', text: 'writing the bundle and the report', done: 0, total: 1 });
    const refused = await bundleRefusal(folder, run.source, variants, signal);
    const report = reportOf(run, variants, compiled, await folder.files());
    await folder.write(REPORT_FILE, `${JSON.stringify(report, null, 1)}\n`);
    await folder.write(REPORT_PAGE, reportPage(report));
    throwIfCancelled(signal);
    await folder.publish();
    if (refused !== undefined) throw withReport(refused, options.out);
    return report;
  } catch (cause) {
    await folder.discard();
    throw cause;
  }
}

async function openRun(
  options: CompressOptions,
  onProgress: Run['onProgress'],
  signal: AbortSignal | undefined,
): Promise<Run> {
  const begin = performance.now();
  const recipe = parseRecipe(options.recipe);
  onProgress({ phase: 'open', text: `reading ${options.source}`, done: 0, total: 1 });
  const opened = await openSource(options.source);
  const source = { ...opened, model: await learnOpenShapes(opened.model, signal) };
  const samples = await openSamples(source, options, recipe);
  const provenance = await provenanceOf(source, recipe, samples.folders);
  const facts = await hardwareFacts('hamon-compress');
  const machine = { hardwareClass: hardwareClassOf(facts), cpu: cpus()[0]?.model ?? 'unknown', facts };
  const layers = new LayerTable(source.model);
  return { begin, recipe, source, samples, provenance, machine, layers, onProgress, signal };
}

/** Writes the original, then each variant of the recipe. */
async function makeVariants(run: Run, folder: OutputFolder): Promise<readonly MadeVariant[]> {
  const { recipe, source, samples, layers, onProgress, signal } = run;
  const original = await writeOriginal(folder, source, signal);
  // Operators that onnxruntime does not know, and labels that do not match, are found before anything takes long.
  await runVariant(ORIGINAL_VARIANT, original.path, servedOf(source), [], signal);
  const made = [original];
  const context: BuildContext = {
    model: source.model,
    calibration: samples.calibration,
    recipe,
    shared: new Shared(),
    signal,
    onStep: (text, done, total) => onProgress({ phase: 'build', text, done, total }),
  };
  for (const [index, name] of recipe.variants.entries()) {
    onProgress({ phase: 'build', text: `making ${name}`, done: index, total: recipe.variants.length });
    throwIfCancelled(signal);
    made.push(await makeVariant(folder, name, context, layers));
  }
  return made;
}

/** The compiled form of each variant, where the recipe asks for it. */
async function compiledDrafts(
  { recipe, machine, onProgress, signal }: Run,
  folder: OutputFolder,
  made: readonly MadeVariant[],
): Promise<readonly CompiledDraft[]> {
  if (!recipe.compile) return [];
  const onVariant = (name: string, done: number, total: number): void =>
    onProgress({ phase: 'build', text: `compiling ${name}`, done, total });
  return compileVariants(folder.draft, filesOf(made), machine.hardwareClass, onVariant, signal);
}

const measureAll = (
  { recipe, source, samples, onProgress, signal }: Run,
  made: readonly MadeVariant[],
  drafts: readonly CompiledDraft[],
): Promise<Measurements> =>
  measureVariants({
    models: filesOf(made),
    beside: drafts,
    served: servedOf(source),
    samples,
    plan: recipe.measure,
    onStep: (phase, text, done, total) => onProgress({ phase, text, done, total }),
    signal,
  });

const servedOf = ({ ports, bundle }: CompressSource) => ({
  ports,
  ...(bundle === undefined ? {} : { document: bundle.document }),
});

const filesOf = (made: readonly MadeVariant[]) => made.map(({ name, path }) => ({ name, path }));

function reportOn(
  { path: _path, ...about }: MadeVariant,
  figures: Measurements['variants'][number] | undefined,
): VariantReport {
  if (figures === undefined) throw new Error(`variant ${about.name} was not measured`);
  return { ...about, ...figures };
}

/** @param oneThread latencies of the variants, and after them of their compiled forms */
const keepCompiled = (
  { recipe, machine, source, samples, onProgress, signal }: Run,
  made: readonly MadeVariant[],
  drafts: readonly CompiledDraft[],
  oneThread: readonly TimedLatency[],
): Promise<readonly CompiledReport[]> =>
  judgeCompiled({
    drafts,
    latencies: drafts.map((_, index) => ({
      variant: oneThread[index] as TimedLatency,
      compiled: oneThread[made.length + index] as TimedLatency,
    })),
    hardwareClass: machine.hardwareClass,
    onnxruntime: machine.facts.onnxruntime,
    served: servedOf(source),
    samples: samples.probe,
    loads: Math.min(recipe.measure.rounds, MAX_LOADS),
    onVariant: (name, done, total) =>
      onProgress({ phase: 'latency', text: `loading ${name} and its compiled form`, done, total }),
    signal,
  });

const reportOf = (
  { begin, recipe, source, provenance, machine, layers }: Run,
  variants: readonly VariantReport[],
  compiled: readonly CompiledReport[],
  files: readonly string[],
): CompressReport => ({
  schema: 'hamon.compress-report/1',
  createdAt: new Date().toISOString(),
  seconds: (performance.now() - begin) / 1000,
  ...modelOf(source),
  machine,
  provenance,
  variants,
  ...(recipe.compile ? { compiled } : {}),
  layers: layers.report(),
  files: [...files, REPORT_FILE, REPORT_PAGE],
  paretoFront: frontOf(variants),
  selection: selectionOf(variants, machine.hardwareClass, constraintsOf(recipe, source)),
});

function modelOf({ bundle }: CompressSource): Pick<CompressReport, 'model'> {
  return bundle === undefined
    ? {}
    : { model: { name: bundle.document.model, version: bundle.document.version } };
}

/** A variant that breaks the bundle's budgets is not activated by a device, so it is no choice unless the recipe says so. */
function constraintsOf({ constraints }: Recipe, { bundle }: CompressSource): Recipe['constraints'] {
  if (bundle === undefined) return constraints;
  const { p95Ms, rssMb } = bundle.document.budgets;
  return { maxP95Ms: p95Ms, maxRssMb: rssMb, ...constraints };
}

/** @returns why the result is no bundle, where it is not: what was measured is worth its report all the same */
async function bundleRefusal(
  folder: OutputFolder,
  { bundle }: CompressSource,
  variants: readonly VariantReport[],
  signal: AbortSignal | undefined,
): Promise<CompressError | undefined> {
  if (bundle === undefined) return undefined;
  const bundled = variants.map(({ name, file, loadMs, latency }) => {
    return { name, file, loadMs, p95Ms: latency.oneThread.p95Ms };
  });
  try {
    await writeBundle(folder, bundle, bundled, signal);
    return undefined;
  } catch (cause) {
    if (cause instanceof CompressError && cause.code === 'result-refused') return cause;
    throw cause;
  }
}

const withReport = ({ code, message }: CompressError, out: string): CompressError =>
  new CompressError(code, `${message}; the variants and their report without a bundle are in ${out}`);

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new CompressError('cancelled', 'the work was cancelled');
}
