import type { ResultRecord } from '@hamon/contracts';
import type { SparkplugMetric } from '../../adapters/sparkplug-payload.js';
import { answerSummary } from '../answer-summary.js';

/** Values of a regression that become metrics of their own at most. */
const MOST_VALUES = 100;

/**
 * One record as the metrics of its stream. All of them are always there, so that a birth certificate knows each before
 * the first of its kind; what the record does not have is null. A regression adds one for each of its values.
 */
export function sparkplugMetrics(record: ResultRecord): SparkplugMetric[] {
  const { result, error, verdict, trigger } = record;
  const timestamp = Date.parse(record.at);
  const { label, confidence, score, count, values = {} } = result ? answerSummary(result) : {};
  const metric = (
    type: SparkplugMetric['type'],
    name: string,
    value: SparkplugMetric['value'] | undefined,
  ): SparkplugMetric => ({ name, type, value: value ?? null, timestamp });
  return [
    metric('String', 'verdict', verdict),
    metric('Boolean', 'defect', verdict && verdict === 'defect'),
    metric('String', 'label', label),
    metric('Double', 'confidence', confidence),
    metric('Double', 'score', score),
    metric('Int32', 'count', count),
    metric('Double', 'latencyMs', result?.latencyMs),
    metric('String', 'source', result?.source),
    metric('String', 'model', result && `${result.model}@${result.version}`),
    metric('String', 'error', error?.code),
    metric('String', 'correlation', trigger?.correlation),
    metric('String', 'id', record.id),
    ...Object.entries(values)
      .slice(0, MOST_VALUES)
      .map(([name, value]) => metric('Double', `value/${name}`, value)),
  ];
}

/** The same names and types: a birth certificate that holds for the one holds for the other. */
export const sparkplugShape = (metrics: readonly SparkplugMetric[]): string =>
  metrics.map(({ name, type }) => `${name} ${type}`).join('\n');
