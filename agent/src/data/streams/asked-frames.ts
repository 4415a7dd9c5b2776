import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FrameOrigin, Region, TriggerConfig } from '@hamon/contracts';
import { within } from '../../adapters/within.js';
import type { FrameDoor } from '../frame-door.js';
import type { Frame, FrameFailure } from '../frame.js';
import type { StreamOutlet } from '../outlets/stream-outlet.js';
import { Places } from '../../places.js';
import { UNREADABLE, type FrameReader } from '../sources/frame-source.js';
import type { Asked, TriggerAnswer } from '../triggers/trigger.js';
import { AskedReader } from './asked-reader.js';
import { partOf } from './play-frames.js';

export interface AskedFramesParts {
  readonly reader: FrameReader;
  readonly door: FrameDoor;
  readonly outlet: Pick<StreamOutlet, 'recordOf' | 'putMissing'>;
  readonly region: Region | undefined;
  readonly config: Pick<TriggerConfig, 'frame' | 'delayMs' | 'frameTimeoutMs'>;
}

/** Asked for at once; what comes beyond is answered as overloaded. */
const MAX_ASKED = 8;

/**
 * Frames of a stream that somebody asked for: each asking has one answer. The frame is that of its moment, also where
 * others wait for their answers.
 */
export class AskedFrames {
  private readonly asked = new Places(MAX_ASKED);
  private readonly reader: AskedReader;
  /** Answers come in the order of their frames: what a PLC holds in the end is the newest. */
  private readonly turn = new Places(1);
  private readonly leaving = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly parts: AskedFramesParts) {
    this.reader = new AskedReader(parts.reader, parts.config.frame);
  }

  answer(asked: Asked): Promise<TriggerAnswer> {
    const answering = this.answerOnce(asked).finally(() => this.underWay.delete(answering));
    this.underWay.add(answering);
    return answering;
  }

  /** Settles when everything that was asked for has its answer. */
  async stop(): Promise<void> {
    this.leaving.abort();
    await Promise.all(this.underWay);
  }

  private async answerOnce({ kind, correlation }: Asked): Promise<TriggerAnswer> {
    const id = randomUUID();
    const trigger = { kind, ...(correlation !== undefined && { correlation }) };
    const origin: FrameOrigin = { id, trace: id, trigger };
    const place = this.asked.tryTake();
    if (!place) {
      const detail = `${MAX_ASKED} triggers wait for their answers`;
      return this.without(origin, { code: 'overloaded', detail, retryAfterMs: 1000 });
    }
    try {
      return await this.taken(origin);
    } finally {
      place();
    }
  }

  private async taken(origin: FrameOrigin): Promise<TriggerAnswer> {
    const { signal } = this.leaving;
    const { config, door } = this.parts;
    if (config.delayMs > 0) await delay(config.delayMs, undefined, { signal }).catch(() => undefined);
    const taken = await within(config.frameTimeoutMs, signal, (limited) => this.reader.take(limited));
    if (signal.aborted) return this.without(origin, STOPPING);
    if (taken === null) {
      const detail = `no frame has come within ${config.frameTimeoutMs} ms`;
      return this.without(origin, { code: 'no-frame', detail });
    }
    if (taken === UNREADABLE) {
      door.rejectUnreadable();
      return this.without(origin, { code: 'undecodable', detail: 'what the source gave is no image' });
    }
    const part = partOf(taken, this.parts.region);
    // A part stays within its parent's trace, whoever asked for it.
    const trace = part.origin?.trace ?? origin.trace;
    const answer = await this.infer({ ...part, origin: { ...part.origin, ...origin, trace } });
    await taken.settle?.(answer.outcome);
    return answer;
  }

  private async infer(frame: Frame): Promise<TriggerAnswer> {
    const { signal } = this.leaving;
    const giveBack = await this.turn.take(signal);
    if (!giveBack) return this.without(frame.origin ?? {}, STOPPING);
    try {
      const place = await this.parts.door.enter(signal);
      if (!place) return this.without(frame.origin ?? {}, STOPPING);
      const outcome = await place.infer(frame);
      return { outcome, record: this.parts.outlet.recordOf(frame, outcome) };
    } finally {
      giveBack();
    }
  }

  private without(origin: Partial<FrameOrigin>, error: FrameFailure): TriggerAnswer {
    const outcome = { ok: false, error } as const;
    return { outcome, record: this.parts.outlet.putMissing({ origin }, outcome) };
  }
}

const STOPPING: FrameFailure = { code: 'stopping', detail: 'the stream is stopped' };
