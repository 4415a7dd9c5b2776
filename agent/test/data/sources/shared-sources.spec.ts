import { describe, expect, it } from 'vitest';
import { SourceConfig } from '@hamon/contracts';
import type { FrameSource } from '../../../src/data/sources/frame-source.js';
import { SharedSources } from '../../../src/data/sources/shared-sources.js';

const CAMERA = SourceConfig.parse({ kind: 'ffmpeg', pattern: 'testsrc' });

describe('a source that several streams look at', () => {
  it('is opened once, is that of one that still looks, and stopped with the last', async () => {
    const told: string[] = [];
    let owner = (): string => 'nobody';
    const sources = new SharedSources((_, whose): FrameSource => {
      owner = whose;
      told.push(`opened for ${whose()}`);
      return {
        start: () => void told.push('started'),
        stop: () => Promise.resolve(void told.push(`stopped by ${whose()}`)),
        reader: () => {
          throw new Error('nobody reads');
        },
        state: { state: 'opening', frames: 0, restarts: 0 },
      };
    });
    const [a, b] = [sources.lease(CAMERA, 'a'), sources.lease(CAMERA, 'b')];
    expect([a.source === b.source, owner()]).toEqual([true, 'a']);
    await a.release();
    expect(owner()).toBe('b');
    await b.release();
    expect(told).toEqual(['opened for a', 'started', 'stopped by b']);
  });
});
