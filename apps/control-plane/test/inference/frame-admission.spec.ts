import { describe, expect, it } from 'vitest';
import { FrameAdmission } from '../../src/inference/frame-admission.js';

const LARGEST = 16 * 1024 * 1024;

const fill = (admission: FrameAdmission, fleet: string, caller: string, bytes: number): (() => void)[] => {
  const taken: (() => void)[] = [];
  for (;;) {
    const release = admission.admit(fleet, caller, bytes);
    if (!release) return taken;
    taken.push(release);
  }
};

describe('FrameAdmission', () => {
  it.each([1, LARGEST])(
    'leaves room for others where one caller takes all it gets, %i bytes each',
    (bytes) => {
      const admission = new FrameAdmission();
      expect(fill(admission, 'a', 'device:1', bytes).length).toBeGreaterThan(1);
      expect(admission.admit('a', 'device:2', LARGEST)).toBeDefined();
    },
  );

  it('leaves room for others where all devices of one fleet take all they get', () => {
    const admission = new FrameAdmission();
    for (let i = 0; i < 1000; i += 1) fill(admission, 'a', `device:${i}`, LARGEST);
    expect(admission.admit('a', 'device:new', LARGEST)).toBeUndefined();
    expect(admission.admit('b', 'device:1', LARGEST)).toBeDefined();
  });

  it('has all its room again once everybody is done', () => {
    const admission = new FrameAdmission();
    for (let round = 0; round < 3; round += 1) {
      const taken = fill(admission, 'a', 'device:1', LARGEST);
      expect(taken).toHaveLength(2);
      for (const release of taken) release();
    }
  });
});
