import { describe, expect, it } from 'vitest';
import { answerOf } from '../../../src/data/sinks/webhook/answer-of.js';

const now = new Date('2030-01-01T00:00:00.000Z');
const waitOf = (retryAfter: string | undefined): number | undefined => {
  const answer = answerOf(503, retryAfter, now);
  return answer.kind === 'failed' ? answer.waitMs : NaN;
};

describe('answerOf', () => {
  it.each([
    [200, 'taken'],
    [204, 'taken'],
    [299, 'taken'],
    [301, 'failed'],
    [304, 'failed'],
    [400, 'refused'],
    [408, 'failed'],
    [410, 'refused'],
    [425, 'failed'],
    [429, 'failed'],
    [451, 'refused'],
    [500, 'failed'],
    [599, 'failed'],
    [0, 'failed'],
    [999, 'failed'],
  ])('%d means %s', (status, kind) => {
    expect(answerOf(status, undefined, now).kind).toBe(kind);
  });

  it.each([
    [undefined, undefined],
    ['0', 0],
    ['120', 120_000],
    ['999999999', 3_600_000],
    ['-5', undefined],
    ['soon', undefined],
    ['Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
    ['Mon, 31 Dec 2029 00:00:00 GMT', 0],
  ])('Retry-After: %s is a wait of %s ms', (header, waitMs) => {
    expect(waitOf(header)).toBe(waitMs);
  });
});
