import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import { hardwareFacts } from '@hamon/inference';
import { OnnxError, readModel, type OnnxModel } from '@hamon/onnx';
import { BUILDERS } from './build/builders.js';
import { Shared, type BuildContext } from './build/build-context.js';
import { hardwareClassOf } from './choose/hardware-class.js';
import { compileVariants, judgeCompiled } from './compile/compile-variants.js';
import type { CompressOptions, CompressProgress } from './compress-options.js';
import { CompressError } from './errors.js';
import { countMacs } from './macs.js';
import type { TimedLatency } from './measure/measure-latency.js';
import { measureVariants, type MeasuredVariant } from './measure/measure-variants.js';
import { runVariant } from './measure/run-variant.js';
import { OutputFolder, REPORT_FILE } from './output/output-folder.js';
import { writeBundle } from './output/write-bundle.js';
import { digestOfRecipe } from './recipe/digest-of-recipe.js';
import { digestOfSamples, sha256Of, sha256OfFile } from './recipe/digest.js';
import { parseRecipe } from './recipe/read-recipe.js';
import type { Recipe } from './recipe/recipe.js';
import type { CompressReport, Provenance, VariantReport } from './report/compress-report.js';
import { frontOf, selectionOf } from './report/choice-of.js';
import { reportPage } from './report/html/page.js';
import { LayerLedger } from './report/layer-ledger.js';
import { openSamples } from './source/open-samples.js';
import { learnOpenShapes } from './source/learn-open-shapes.js';
import { openSource } from './source/open-source.js';
import type { CompressSource } from './source/compress-source.js';
import type { VariantBuild, VariantKind } from './variant-build.js';

const REPORT_PAGE = 'report.html';
/** Pairs of loads that tell a compiled form from its variant; each load is a process. */
const MAX_LOADS = 11;

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
  const begin = performance.now();
  const recipe = parseRecipe(options.recipe);
  onProgress({ phase: 'open', text: `reading ${options.source}`, done: 0, total: 1 });
  const opened = await openSource(options.source);
  const source = { ...opened, model: await learnOpenShapes(opened.model, signal) };
  const samples = await openSamples(source, options, recipe);
  const provenance = await provenanceOf(source, recipe, options);
  const facts = await hardwareFacts('hamon-compress');
  const machine = { hardwareClass: hardwareClassOf(facts), cpu: cpus()[0]?.model ?? 'unknown', facts };
  const folder = await OutputFolder.open(options.out);
  try {
    const ledger = new LayerLedger(source.model);
    const original = await writeOriginal(folder, source, signal);
    // Operators that onnxruntime does not know, and labels that do not match, are found before anything takes long.
    await runVariant('fp32', original.path, source.ports, [], signal);
    const made: Made[] = [original];
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
      made.push(await writeVariant(folder, name, context, ledger));
    }
    const { hardwareClass } = machine;
    const files = made.map(({ name, path }) => ({ name, path }));
    const drafts = recipe.compile
      ? await compileVariants(
          folder.draft,
          files,
          hardwareClass,
          (name, done, total) => onProgress({ phase: 'build', text: `compiling ${name}`, done, total }),
          signal,
        )
      : [];
    const measured = await measureVariants({
      models: files,
      beside: drafts,
      ports: source.ports,
      samples,
      plan: recipe.measure,
      onStep: (phase, text, done, total) => onProgress({ phase, text, done, total }),
      signal,
    });
    const variants = made.map(({ path: _path, ...about }, index): VariantReport => {
      const figures = measured.variants[index];
      if (figures === undefined) throw new Error(`variant ${about.name} was not measured`);
      return { ...about, ...figures };
    });
    const compiled = await judgeCompiled({
      drafts,
      latencies: drafts.map((_, index) => ({
        variant: measured.oneThread[index] as TimedLatency,
        compiled: measured.oneThread[made.length + index] as TimedLatency,
      })),
      hardwareClass,
      onnxruntime: machine.facts.onnxruntime,
      ports: source.ports,
      samples: samples.probe,
      loads: Math.min(recipe.measure.rounds, MAX_LOADS),
      onVariant: (name, done, total) =>
        onProgress({ phase: 'latency', text: `loading ${name} and its compiled form`, done, total }),
      signal,
    });
    onProgress({ phase: 'finish', text: 'writing the bundle and the report', done: 0, total: 1 });
    const refused = await bundleRefusal(folder, source, variants, signal);
    const report: CompressReport = {
      schema: 'hamon.compress-report/1',
      createdAt: new Date().toISOString(),
      seconds: (performance.now() - begin) / 1000,
      ...modelOf(source),
      machine,
      provenance,
      variants,
      ...(recipe.compile ? { compiled } : {}),
      layers: ledger.report(),
      files: [...(await folder.files()), REPORT_FILE, REPORT_PAGE],
      paretoFront: frontOf(variants),
      selection: selectionOf(variants, hardwareClass, constraintsOf(recipe, source)),
    };
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

/** A variant that breaks the bundle's budgets is not activated by a device, so it is no choice unless the recipe says so. */
function constraintsOf({ constraints }: Recipe, { bundle }: CompressSource): Recipe['constraints'] {
  if (bundle === undefined) return constraints;
  const { p95Ms, rssMb } = bundle.document.budgets;
  return { maxP95Ms: p95Ms, maxRssMb: rssMb, ...constraints };
}

type Made = Omit<VariantReport, keyof MeasuredVariant> & { readonly path: string };

async function writeOriginal(
  folder: OutputFolder,
  { bytes, model }: CompressSource,
  signal: AbortSignal | undefined,
): Promise<Made> {
  const build = { name: 'fp32', bytes, notes: {}, nodeMap: {} };
  return writeModelFile(folder, build, model, 0, signal);
}

async function writeVariant(
  folder: OutputFolder,
  name: VariantKind,
  context: BuildContext,
  ledger: LayerLedger,
): Promise<Made> {
  const begin = performance.now();
  const build = BUILDERS[name];
  if (build === undefined) throw new CompressError('option-invalid', `variant ${name} cannot be made`);
  const variant = await build(name, context);
  const seconds = (performance.now() - begin) / 1000;
  const model = readModel(variant.bytes);
  ledger.addVariant(model, variant);
  return writeModelFile(folder, variant, model, seconds, context.signal);
}

async function writeModelFile(
  folder: OutputFolder,
  { name, bytes, notes, nodeMap }: Omit<VariantBuild, 'name'> & { readonly name: string },
  model: OnnxModel,
  buildSeconds: number,
  signal: AbortSignal | undefined,
): Promise<Made> {
  const file = `model.${name}.onnx`;
  const path = await folder.write(file, bytes);
  const about = { name, file, bytes: bytes.length, sha256: sha256Of(bytes) };
  return { ...about, ...(await macsOf(model, signal)), buildSeconds, notes, nodeMap, path };
}

/** A model whose shapes stay open can be compressed all the same. */
async function macsOf(
  model: OnnxModel,
  signal: AbortSignal | undefined,
): Promise<{ readonly macs?: number }> {
  try {
    // A file of ours states no inner shapes.
    return { macs: countMacs(await learnOpenShapes(model, signal)) };
  } catch (cause) {
    if (cause instanceof OnnxError && cause.code === 'dynamic-shape') return {};
    throw cause;
  }
}

function modelOf({ bundle }: CompressSource): Pick<CompressReport, 'model'> {
  return bundle === undefined
    ? {}
    : { model: { name: bundle.document.model, version: bundle.document.version } };
}

async function provenanceOf(
  { file, bytes }: CompressSource,
  recipe: Recipe,
  { calibration, evaluate }: CompressOptions,
): Promise<Provenance> {
  const { onnxruntime, node } = await hardwareFacts('');
  const folder = async (dir: string) => {
    const { files, sha256 } = await digestOfSamples(dir);
    return { samples: files, sha256 };
  };
  return {
    recipe,
    recipeSha256: digestOfRecipe(recipe),
    tools: { hamon: await ownVersion(), onnxruntime, node },
    input: { file: basename(file), bytes: bytes.length, sha256: await sha256OfFile(file) },
    ...(calibration === undefined ? {} : { calibration: await folder(calibration) }),
    ...(evaluate === undefined ? {} : { evaluation: await folder(evaluate) }),
  };
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new CompressError('cancelled', 'the work was cancelled');
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
