import type { CompressionView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { bar } from './bar.js';
import { stateText } from './state-text.js';
import { cell, fields, table } from './table.js';
import { ago, bytes, countOf, duration } from './words.js';

export function compressionsText(colours: Colours, compressions: readonly CompressionView[]): string {
  const rows = compressions.map((compression) => [
    compression.id,
    cell(`${compression.model}@${compression.sourceVersion}`),
    cell(compression.resultVersion),
    stateText(colours, compression.state),
    cell(compression.reason?.code ?? (compression.endedAt === null ? compression.progress?.text : '')),
    ago(compression.createdAt),
  ]);
  return table(colours, ['COMPRESSION', 'VERSION', 'BECOMES', 'STATE', 'LAST', 'STARTED'], rows);
}

/** A compression in a few lines: what it makes of what, how far it is, and why it ended where it did. */
export function compressionText(colours: Colours, compression: CompressionView): string {
  const { id, model, sourceVersion, resultVersion, state, progress, reason, attempts } = compression;
  const pairs: [string, string][] = [
    ['compression', id],
    ['version', `${cell(`${model}@${sourceVersion}`)} becomes ${colours.bold(cell(resultVersion))}`],
    ['variants', cell(variantsOf(compression))],
    ['state', `${stateText(colours, state)}${attempts > 1 ? `, attempt ${attempts}` : ''}`],
    ['calibration', samplesText(compression.calibration)],
    ['evaluation', samplesText(compression.evaluation)],
  ];
  if (state === 'running' && progress)
    pairs.push(['progress', `${bar(colours, progress.done, progress.total)} ${cell(progress.text)}`]);
  if (reason) pairs.push(['reason', colours.red(`${cell(reason.code)}: ${cell(reason.detail)}`)]);
  const took = tookText(compression);
  if (took !== undefined) pairs.push(['took', took]);
  if (state === 'succeeded')
    pairs.push(
      ['next', `hamon model release ${model}@${resultVersion}`],
      ['report', `hamon compression report ${id} --out report.html`],
    );
  return fields(colours, pairs);
}

const variantsOf = ({ recipe }: CompressionView): string =>
  Array.isArray(recipe['variants']) ? recipe['variants'].map(String).join(', ') : '';

const samplesText = (set: CompressionView['calibration']): string =>
  set === null ? '-' : `${countOf(set.samples, 'image')}, ${bytes(set.bytes)}`;

function tookText({ startedAt, endedAt }: CompressionView): string | undefined {
  if (startedAt === null || endedAt === null) return undefined;
  return duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}
