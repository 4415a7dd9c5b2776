import type { CompressionReport } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell, fields, table } from './table.js';
import { ago, bytes, countOf } from './words.js';

/** Where a version's variants came from, and what they showed on the machine that made them. */
export function provenanceText(colours: Colours, report: CompressionReport): string {
  const { createdAt, machine, provenance, variants } = report;
  const { tools, recipeSha256, input, calibration, evaluation } = provenance;
  const toolText = Object.entries(tools).map(([name, version]) => `${name} ${version}`);
  const head = fields(colours, [
    ['compressed', `${ago(createdAt)} on ${cell(machine.hardwareClass)} (${cell(machine.cpu)})`],
    ['tools', cell(toolText.join(', '))],
    ['recipe', digest(recipeSha256)],
    ['input', `${cell(input.file)}, ${bytes(input.bytes)}, ${digest(input.sha256)}`],
    ['calibration', samplesText(calibration)],
    ['evaluation', samplesText(evaluation)],
  ]);
  const rows = variants.map(({ name, figures, evaluation: seen }) => [
    cell(name),
    percent(figures.quality?.value ?? figures.accuracy),
    percent(figures.agreement),
    percent(seen?.quality?.value ?? seen?.accuracy),
    percent(seen?.balancedAccuracy),
    figures.oneThread.p50Ms.toFixed(2),
    figures.oneThread.p95Ms.toFixed(2),
    figures.rssMb.toFixed(0),
  ]);
  const titles = ['VARIANT', 'CALIBRATION', 'AGREES', 'EVALUATION', 'BALANCED', 'P50 MS', 'P95 MS', 'RSS MB'];
  return `${head}\n\n${table(colours, titles, rows)}`;
}

const percent = (share: number | undefined): string =>
  share === undefined ? '-' : `${(share * 100).toFixed(1)} %`;

/** Enough to tell two apart; `--json` has it whole. */
const digest = (sha256: string): string => `sha256 ${sha256.slice(0, 12)}…`;

const samplesText = (set: CompressionReport['provenance']['calibration']): string =>
  set === undefined ? '-' : `${countOf(set.samples, 'sample')}, ${digest(set.sha256)}`;
