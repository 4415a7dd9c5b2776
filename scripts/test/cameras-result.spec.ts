import { describe, expect, it } from 'vitest';
import { camerasShortcomings, type CamerasFound } from '../demo/src/cameras/cameras-result.js';
import { streamFrames } from '../demo/src/cameras/stream-counters.js';

const belt = { name: 'belt', model: 'a', frames: 50, answered: 50, skipped: 3, webhooks: 7 };
const gate = { name: 'gate', model: 'b', frames: 30, answered: 30, skipped: 0, triggers: 30 };

const found = (change: Partial<CamerasFound['figures']> = {}): CamerasFound => ({
  figures: {
    ...{ devices: 1, seconds: 60, inferences: 80, framesLost: 0, framesSkipped: 3, fallbacks: 0 },
    rollouts: [{ version: '2.0.0', result: 'succeeded' }],
    ...{ final: { '2.0.0': 1 }, models: {}, streams: [belt, gate] },
    ...change,
  },
  parts: { asked: 30, answered: 30, seen: 30 },
  refusedWebhooks: [],
});

describe('what the demo with cameras promises', () => {
  it('is kept by all of it', () => {
    expect(camerasShortcomings(found())).toEqual([]);
  });

  it.each([
    [{ framesLost: 1 }, '1 frames were lost'],
    [{ rollouts: [{ version: '2.0.0', result: 'paused' as const }] }, '2.0.0 was not rolled out: paused'],
    [{ streams: [{ ...belt, answered: 49 }, gate] }, 'of 50 frames of belt, 49 were answered'],
    [{ streams: [{ ...belt, webhooks: 0 }, gate] }, 'belt told of 0 defects'],
    [{ streams: [belt, { ...gate, triggers: 3 }] }, 'gate was triggered 3 times'],
    [{ streams: [belt] }, '1 streams were at work, not 2'],
  ])('is broken by %j', (change, sentence) => {
    expect(camerasShortcomings(found(change))).toEqual([sentence]);
  });

  it('is broken by a trigger without an answer, and by a webhook with a wrong signature', () => {
    const broken = {
      ...found(),
      parts: { asked: 31, answered: 30, seen: 30 },
      refusedWebhooks: ['its signature is wrong'],
    };
    expect(camerasShortcomings(broken)).toEqual([
      'of 31 triggers, 30 had an answer',
      '1 webhooks were refused: its signature is wrong',
    ]);
  });
});

describe('streamFrames', () => {
  it('adds up what several models answered of a stream', () => {
    const text = [
      '# HELP hamon_frames_accepted_total Frames accepted',
      'hamon_frames_accepted_total{model="a",stream="belt"} 5',
      'hamon_frames_accepted_total{model="b",stream="belt"} 2',
      'hamon_frames_answered_total{model="a",stream="belt"} 4',
      'hamon_frames_skipped_total{model="a",stream="gate"} 1',
      'hamon_supervisor_rss_bytes 1',
    ].join('\n');
    expect(Object.fromEntries(streamFrames(text))).toEqual({
      belt: { frames: 7, answered: 4, skipped: 0 },
      gate: { frames: 0, answered: 0, skipped: 1 },
    });
  });
});
