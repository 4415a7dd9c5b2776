import type { SampleLabelView, SampleView, StoredSampleView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell, fields, table } from './table.js';
import { bytes, localTime } from './words.js';

const LONGEST_WORDS = 60;

export function samplesText(colours: Colours, samples: readonly SampleView[]): string {
  const rows = samples.map((sample) => [
    sample.id,
    localTime(sample.at),
    cell(sample.device),
    cell(sample.stream),
    cell(answeredBy(sample)),
    sample.verdict === 'defect' ? colours.red('defect') : cell(sample.verdict),
    cell(sample.reasons.join(', ')),
    cell(labelsText(sample.labels)),
  ]);
  return table(colours, ['SAMPLE', 'AT', 'DEVICE', 'STREAM', 'MODEL', 'VERDICT', 'REASONS', 'LABELS'], rows);
}

/** One sample with what people said of it. */
export function sampleText(colours: Colours, sample: StoredSampleView): string {
  const { id, at, device, stream, verdict, confidence, size, mediaType, history } = sample;
  const facts = fields(colours, [
    ['sample', id],
    ['answered', `${localTime(at)} by ${cell(answeredBy(sample))}`],
    ['device', `${cell(device)}, stream ${cell(stream)}`],
    ['verdict', cell(verdict)],
    ['confidence', confidence === null ? '-' : confidence.toFixed(3)],
    ['reasons', cell(sample.reasons.join(', '))],
    ['picture', `${cell(mediaType)}, ${size.width}×${size.height}, ${bytes(sample.bytes)}`],
    ['deleted', localTime(sample.expiresAt)],
    ['labels', cell(labelsText(sample.labels))],
  ]);
  if (history.length === 0) return facts;
  const rows = history.map((given) => [
    localTime(given.at),
    cell(given.task),
    cell(wordsText(given)),
    cell(given.annotator === null ? given.by : `${given.annotator} (${given.by})`),
  ]);
  return `${facts}\n\n${table(colours, ['SAID AT', 'TASK', 'WHAT', 'BY'], rows)}`;
}

const answeredBy = ({ model, version }: SampleView): string | null =>
  model === null ? null : `${model}@${version ?? '?'}`;

const labelsText = (labels: readonly SampleLabelView[]): string => labels.map(wordsText).join('; ');

/** Its words, or that there are none: a picture that shows nothing is labelled too. */
function wordsText({ task, words }: SampleLabelView): string {
  const text =
    words.length === 0 ? `${task}: ${task === 'regression' ? 'values' : 'nothing'}` : words.join(', ');
  return text.length > LONGEST_WORDS ? `${text.slice(0, LONGEST_WORDS)}…` : text;
}
