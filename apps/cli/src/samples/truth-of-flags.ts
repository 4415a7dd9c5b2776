import { describeProblems, fieldProblems, SampleTruth, type Mask } from '@hamon/contracts';
import { CliError, usage } from '../cli-error.js';
import { jsonFile } from '../json-file.js';
import { runLengths } from './mask-png.js';
import type { TrueBox } from './truth-flags.js';

/** What the flags of `hamon sample label` say. */
export interface TruthFlags {
  readonly label?: string;
  readonly box?: readonly TrueBox[];
  /** False by `--no-boxes`. */
  readonly boxes: boolean;
  readonly good?: boolean;
  readonly anomalous?: boolean;
  readonly fault?: string;
  readonly mask?: string;
  readonly labels?: string;
  readonly value?: Readonly<Record<string, number>>;
  readonly file?: string;
}

const CHOICES = '--label, --box, --no-boxes, --mask, --good, --anomalous, --value or --file';

/**
 * One truth of one task.
 *
 * @throws CliError `usage` where the flags say none, or several
 */
export async function truthOfFlags(flags: TruthFlags): Promise<SampleTruth> {
  const isAnomalous = flags.anomalous === true || flags.fault !== undefined;
  const told = [
    flags.label !== undefined,
    flags.box !== undefined || !flags.boxes,
    flags.good === true,
    isAnomalous,
    flags.mask !== undefined && !isAnomalous,
    flags.value !== undefined,
    flags.file !== undefined,
  ].filter(Boolean).length;
  if (told === 0) throw usage(`say what the picture shows: ${CHOICES}`);
  if (told > 1) throw usage(`say one thing: ${CHOICES}`);
  if (flags.box !== undefined && !flags.boxes)
    throw usage('--no-boxes says that there is none: leave --box out');
  const parsed = SampleTruth.safeParse(await asSaid(flags, isAnomalous));
  if (parsed.success) return parsed.data;
  throw usage(describeProblems(fieldProblems(parsed.error)));
}

async function asSaid(flags: TruthFlags, isAnomalous: boolean): Promise<unknown> {
  const { label, good, fault, mask, labels, value, file } = flags;
  if (file !== undefined) return jsonFile(file, SampleTruth);
  if (label !== undefined) return { task: 'classification', label };
  if (value !== undefined) return { task: 'regression', values: value };
  if (good === true) return { task: 'anomaly', isAnomalous: false };
  if (isAnomalous) {
    const marked = mask === undefined ? {} : { mask: await readMask(mask, (pixel) => Math.min(1, pixel)) };
    return { task: 'anomaly', isAnomalous, ...(fault === undefined ? {} : { fault }), ...marked };
  }
  if (mask === undefined) return { task: 'detection', boxes: flags.box ?? [] };
  if (labels === undefined) throw usage('say what the numbers in the mask mean: --labels ground,oil,rust');
  const names = labels.split(',').map((name) => name.trim());
  return { task: 'segmentation', labels: names, mask: await readMask(mask, (pixel) => pixel) };
}

async function readMask(path: string, placeOf: (pixel: number) => number): Promise<Mask> {
  // Loaded only here: no other label needs a model library.
  const { readIndexMap } = await import('@hamon/compress');
  const { width, height, labels } = await readIndexMap(path).catch((cause: unknown) => {
    throw new CliError('local-file', cause instanceof Error ? cause.message : String(cause), { cause });
  });
  return { width, height, rle: runLengths(Uint8Array.from(labels, placeOf)) };
}
