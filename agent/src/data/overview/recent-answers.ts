import type { AnsweredFrame } from '../answered-frame.js';
import { lineOf } from '../line-of.js';
import { RateMeter } from './rate-meter.js';

/** One answer in a line, for people. */
export interface ShortAnswer {
  readonly at: string;
  readonly id: string;
  readonly text: string;
  readonly verdict?: 'ok' | 'defect';
  readonly model?: string;
  readonly version?: string;
  readonly frame?: string;
}

export interface StreamAnswers {
  readonly answersPerSecond: number;
  readonly answers: number;
  readonly defects: number;
  readonly last: ShortAnswer | null;
}

interface Seen {
  readonly rate: RateMeter;
  answers: number;
  defects: number;
  last: AnsweredFrame['record'] | null;
}

const KEPT_DEFECTS = 20;
const LONGEST_TEXT = 200;

/** What streams answered lately, as people ask for it; a frame costs it a few additions. */
export class RecentAnswers {
  private readonly seen = new Map<string, Seen>();
  private defective: (ShortAnswer & { readonly stream: string })[] = [];

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Told of every frame of every stream. */
  readonly see = ({ record }: Pick<AnsweredFrame, 'record'>): void => {
    const seen = this.of(record.stream);
    seen.rate.add(this.nowMs());
    seen.answers += 1;
    seen.last = record;
    if (record.verdict !== 'defect') return;
    seen.defects += 1;
    this.defective = [{ stream: record.stream, ...shortOf(record) }, ...this.defective].slice(
      0,
      KEPT_DEFECTS,
    );
  };

  private of(stream: string): Seen {
    const known = this.seen.get(stream);
    if (known) return known;
    const seen: Seen = { rate: new RateMeter(), answers: 0, defects: 0, last: null };
    this.seen.set(stream, seen);
    return seen;
  }

  stream(name: string): StreamAnswers {
    const { rate, answers, defects, last } = this.of(name);
    const answersPerSecond = Math.round(rate.perSecond(this.nowMs()) * 10) / 10;
    return { answersPerSecond, answers, defects, last: last && shortOf(last) };
  }

  /** The newest first. */
  get defects(): readonly (ShortAnswer & { readonly stream: string })[] {
    return this.defective;
  }
}

function shortOf(record: AnsweredFrame['record']): ShortAnswer {
  const { at, id, verdict, result, frame } = record;
  return {
    ...{ at, id, text: lineOf(record).slice(0, LONGEST_TEXT) },
    ...(verdict && { verdict }),
    ...(result && { model: result.model, version: result.version }),
    ...(frame !== undefined && { frame: frame.slice(0, LONGEST_TEXT) }),
  };
}
