import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY } from '@hamon/contracts';
import { InferenceError, type InferenceHost } from '@hamon/inference';
import { bundleDocument } from '@hamon/testing';
import type { Slot } from '../../src/core/model-state.js';
import { Child } from '../../src/runner/child.js';
import { modelExecutors } from '../../src/runner/model-executors.js';
import type { RunnerContext } from '../../src/runner/runner-context.js';
import { until } from '../support/until.js';

const unhandled: unknown[] = [];
const note = (reason: unknown): number => unhandled.push(reason);

describe('a self-test that is given up before it begins', () => {
  beforeEach(() => void process.on('unhandledRejection', note));
  afterEach(() => void process.off('unhandledRejection', note));

  it('ends with its child, and leaves no unhandled rejection', async () => {
    const bundle = 'b'.repeat(64);
    const stopped = new InferenceError('stopped', 'the model was unloaded');
    let runs = 0;
    const run = (): Promise<never> => {
      runs += 1;
      return Promise.reject(stopped);
    };
    const host = { run } as unknown as InferenceHost;
    const child = new Child(bundle, bundleDocument(), host);
    const context = {
      processes: { of: () => child },
      bundles: { pathOf: () => '/nowhere' },
    } as unknown as RunnerContext;
    const slot: Slot = {
      version: { model: 'tiny', version: '1.0.0', variant: 'fp32', bundle, sequence: 1 },
      policy: DEFAULT_DEVICE_POLICY,
      good: false,
    };
    const outcome = await modelExecutors(context).selfTest({ kind: 'selfTest', slot }, AbortSignal.abort());
    expect(outcome).toEqual({ kind: 'interrupted' });
    await until('the self-test is under way', () => runs > 0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  });
});
