import {
  CompressionReport,
  err,
  fieldProblems,
  MAX_FIGURES,
  ok,
  type CompressedVariant,
  type FieldProblem,
  type Result,
} from '@hamon/contracts';
import type { Quality } from '../measure/quality.js';
import { profileOf } from './choice-of.js';
import type { CompressReport, VariantReport } from './compress-report.js';

/**
 * What a version keeps of a report: where it was made, from what, and the figures of each variant. Layers, notes and node
 * maps stay in the report.
 * @param report as `compress` returns it, or as read from a `report.json`, which may hold anything
 * @returns the fields at fault where it is no such report
 */
export function pushableReport(report: unknown): Result<CompressionReport, readonly FieldProblem[]> {
  if (!isReport(report)) return err([{ field: 'schema', rule: 'must be hamon.compress-report/1' }]);
  if (report.model === undefined)
    return err([
      { field: 'model', rule: 'is missing: the report is of an ONNX file alone, not of a bundle' },
    ]);
  let picked: unknown;
  try {
    picked = pick(report, report.model);
  } catch {
    // A member that everything hangs on is missing altogether.
    return err([{ field: 'report.json', rule: 'lacks parts of a hamon.compress-report/1' }]);
  }
  const parsed = CompressionReport.safeParse(picked);
  return parsed.success ? ok(parsed.data) : err(fieldProblems(parsed.error));
}

function isReport(report: unknown): report is CompressReport {
  return (
    typeof report === 'object' &&
    report !== null &&
    (report as Partial<CompressReport>).schema === 'hamon.compress-report/1'
  );
}

function pick(
  { createdAt, machine, provenance, variants, selection }: CompressReport,
  { name, version }: NonNullable<CompressReport['model']>,
): CompressionReport {
  return {
    createdAt,
    model: name,
    version,
    machine,
    provenance,
    variants: variants.map((variant) => variantOf(variant, machine.hardwareClass)),
    selection:
      selection.kind === 'none'
        ? { kind: selection.kind }
        : { kind: selection.kind, variant: selection.variant },
  };
}

function variantOf(variant: VariantReport, hardwareClass: string): CompressedVariant {
  const { name, file, bytes, sha256, macs, latency, rssMb, loadMs, calibration, evaluation } = variant;
  const { oneThread, allThreads } = latency;
  const { agreement, outputError } = profileOf(variant, hardwareClass);
  return {
    name,
    file,
    sha256,
    ...(macs === undefined ? {} : { macs }),
    figures: {
      bytes,
      oneThread: latencyOf(oneThread),
      ...(allThreads === undefined ? {} : { allThreads: latencyOf(allThreads) }),
      rssMb,
      loadMs,
      samples: calibration?.samples ?? 0,
      ...qualityOf(calibration),
      ...(agreement === undefined ? {} : { agreement }),
      ...(outputError === undefined ? {} : { outputError }),
    },
    ...(evaluation === undefined ? {} : { evaluation: evaluationOf(evaluation) }),
  };
}

const latencyOf = ({ threads, runs, p50Ms, p95Ms }: VariantReport['latency']['oneThread']) => ({
  threads,
  runs,
  p50Ms,
  p95Ms,
});

/** Figures that every device and every server knows, and the task's own. */
const qualityOf = (known: Quality | undefined) => ({
  ...(known?.accuracy === undefined ? {} : { accuracy: known.accuracy }),
  ...(known?.quality === undefined
    ? {}
    : { quality: { metric: known.quality.metric, value: known.quality.value } }),
});

function evaluationOf({ samples, quality, accuracy, balancedAccuracy, agreement }: Quality) {
  return {
    samples,
    ...(quality === undefined ? {} : { quality: { ...quality, figures: firstOf(quality.figures) } }),
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(balancedAccuracy === undefined ? {} : { balancedAccuracy }),
    ...(agreement === undefined ? {} : { agreement }),
  };
}

const firstOf = (figures: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).slice(0, MAX_FIGURES));
