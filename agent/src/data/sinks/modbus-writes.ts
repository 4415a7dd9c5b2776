import {
  wordsOf,
  type ModbusCoil,
  type ModbusMapping,
  type ModbusRegister,
  type ResultRecord,
} from '@hamon/contracts';
import { answerSummary, type AnswerSummary } from '../answer-summary.js';

export type ModbusWrite =
  | { readonly kind: 'registers'; readonly address: number; readonly values: readonly number[] }
  | { readonly kind: 'coils'; readonly address: number; readonly values: readonly boolean[] };

type Mapping = Pick<ModbusMapping, 'coils' | 'registers' | 'labels'>;

/** `verdict` as a register holds it. */
const VERDICTS = { ok: 0, defect: 1, none: 2, error: 3 } as const;

/**
 * What one record writes: registers first, so that whoever waits for a coil finds the numbers that belong to it.
 * Neighbouring addresses go in one request; a mapping has fewer than the protocol takes at once.
 *
 * @param answers records so far, with this one
 */
export function modbusWrites(mapping: Mapping, record: ResultRecord, answers: number): ModbusWrite[] {
  const summary = record.result ? answerSummary(record.result) : {};
  const words = mapping.registers.flatMap((register) => {
    const number = numberOf(register.value, { labels: mapping.labels, record, summary, answers });
    const written = number === undefined ? register.otherwise : number * register.scale;
    return wordsFor(register, written).map((value, i) => ({ address: register.address + i, value }));
  });
  const coils = mapping.coils.map(({ address, value }) => ({
    ...{ address, value: isOn(value, record, summary, answers) },
  }));
  return [
    ...runs(words).map((run) => ({ kind: 'registers', ...run }) as const),
    ...runs(coils).map((run) => ({ kind: 'coils', ...run }) as const),
  ];
}

/** What is written when no answer has come for long. */
export const deadWrites = ({ coils }: Pick<Mapping, 'coils'>): ModbusWrite[] =>
  runs(coils.filter(({ value }) => value === 'alive').map(({ address }) => ({ address, value: false }))).map(
    (run) => ({ kind: 'coils', ...run }) as const,
  );

function isOn(
  value: ModbusCoil['value'],
  { verdict, error }: ResultRecord,
  { label }: AnswerSummary,
  answers: number,
): boolean {
  if (value === 'alive') return true;
  if (value === 'toggle') return answers % 2 === 1;
  if (value === 'error') return error !== undefined;
  if (value === 'ok' || value === 'defect') return verdict === value;
  return label === value.slice('label:'.length);
}

interface Known {
  readonly labels: readonly string[] | undefined;
  readonly record: ResultRecord;
  readonly summary: AnswerSummary;
  readonly answers: number;
}

function numberOf(
  value: ModbusRegister['value'],
  { labels, record, summary, answers }: Known,
): number | undefined {
  if (value === 'verdict') return VERDICTS[record.error ? 'error' : (record.verdict ?? 'none')];
  if (value === 'answers') return answers;
  if (value === 'latencyMs') return record.result?.latencyMs;
  if (value === 'correlation') return wholeNumber(record.trigger?.correlation);
  if (value === 'label') return labelNumber(summary, labels);
  if (value === 'confidence' || value === 'score' || value === 'count') return summary[value];
  const { values = {} } = summary;
  const name = value.slice('value:'.length);
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function labelNumber({ label, labelIndex }: AnswerSummary, labels?: readonly string[]): number | undefined {
  if (label === undefined || !labels) return labelIndex;
  const at = labels.indexOf(label);
  return at < 0 ? undefined : at;
}

const wholeNumber = (text = ''): number | undefined => (/^\d{1,10}$/.test(text) ? Number(text) : undefined);

/** Counters go round; everything else stays at the end of its type's range, since 65,536 as 0 would be a lie. */
function wordsFor(register: ModbusRegister, number: number): readonly number[] {
  const { type, value, words } = register;
  const bytes = new DataView(new ArrayBuffer(4));
  if (type === 'float32') bytes.setFloat32(0, number);
  else {
    const bits = wordsOf(register) * 16;
    const [least, most] = type.startsWith('u')
      ? [0, 2 ** bits - 1]
      : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
    const whole = Number.isNaN(number) ? 0 : Math.round(number);
    const fitted = value === 'answers' ? whole % (most + 1) : Math.min(most, Math.max(least, whole));
    if (bits === 16) return [fitted & 0xffff];
    bytes.setInt32(0, fitted | 0);
  }
  const [high, low] = [bytes.getUint16(0), bytes.getUint16(2)];
  return words === 'high-first' ? [high, low] : [low, high];
}

interface Run<T> {
  readonly address: number;
  readonly values: readonly T[];
}

/** Neighbouring addresses together, in rising order. */
function runs<T>(cells: readonly { readonly address: number; readonly value: T }[]): Run<T>[] {
  const found: { address: number; values: T[] }[] = [];
  for (const { address, value } of [...cells].sort((a, b) => a.address - b.address)) {
    const last = found.at(-1);
    if (last && last.address + last.values.length === address) last.values.push(value);
    else found.push({ address, values: [value] });
  }
  return found;
}
