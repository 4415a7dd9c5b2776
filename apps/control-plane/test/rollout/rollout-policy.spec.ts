import { describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY, DevicePolicy, GatePolicy } from '@hamon/contracts';
import { rolloutPolicy } from '../../src/rollout/rollout-policy.js';

const gate = GatePolicy.parse({});

describe('rolloutPolicy', () => {
  it('keeps every default that is not asked to change', () => {
    const policy = rolloutPolicy(
      { shadow: { minFrames: 7 }, fallback: { minConfidence: undefined } as object },
      600,
      gate,
    );
    expect(DevicePolicy.parse(policy)).toEqual({
      ...DEFAULT_DEVICE_POLICY,
      shadow: { minFrames: 7 },
      shadowAfterActivationSeconds: 60 + 600 * 6,
    });
  });

  it('sends no frame off the device unless that was asked for', () => {
    expect(rolloutPolicy({}, 600, gate).fallback.enabled).toBe(false);
    expect(rolloutPolicy({ fallback: { enabled: true } }, 600, gate).fallback.enabled).toBe(true);
  });

  it('keeps the former version as shadow for as long as a gate may look, and no longer than a day', () => {
    expect(rolloutPolicy({ probation: { seconds: 5 } }, 0, gate).shadowAfterActivationSeconds).toBe(70);
    expect(rolloutPolicy({}, 30 * 86_400, gate).shadowAfterActivationSeconds).toBe(86_400);
  });
});
