import type { ContingencyTable, Manifest, RunningVersion, TelemetryWindow } from '@hamon/contracts';
import type { FakeDevice } from './fake-device.js';
import { newModelState, runningVersion } from './model-state.js';
import { latencies } from './windows.js';

const LABELS = ['low', 'middle', 'high'];

/** Half of the frames low, half high, and both versions say so. */
const AGREEING: ContingencyTable = {
  labels: LABELS,
  cells: [
    [0, 0, 100],
    [2, 2, 100],
  ],
};

/** One of the two says always low. */
const collapsed = (which: 'answering' | 'shadow'): ContingencyTable => ({
  labels: LABELS,
  cells:
    which === 'shadow'
      ? [
          [0, 0, 100],
          [2, 0, 100],
        ]
      : [
          [0, 0, 100],
          [0, 2, 100],
        ],
});

const shadowOf = (
  role: 'candidate' | 'previous',
  version: RunningVersion,
  paired: ContingencyTable | undefined,
): TelemetryWindow['shadow'] => ({
  role,
  version,
  inferences: 200,
  errors: 0,
  latencyMs: latencies(200),
  ...(paired && { comparison: { kind: 'classification/1' as const, frames: 200, table: paired } }),
});

/**
 * Lets a device do with manifests what an agent does: fetch, test, shadow, activate, commit, and send windows at each
 * turn. A version of `broken` answers the same label always; the device itself does not notice. One of `relabelled` has other
 * labels than all others, and answers cannot be paired.
 */
export function behaveLikeAnAgent(
  device: FakeDevice,
  broken: readonly string[] = [],
  relabelled: readonly string[] = [],
): void {
  device.behave = async (manifest: Manifest) => {
    const version = runningVersion(manifest);
    const own = device.of(manifest.model);
    if (manifest.order === 'unassign') {
      // Only its sequence and proof are left.
      Object.assign(own, { ...newModelState(), highest: own.highest });
      device.floor = Math.max(device.floor, manifest.sequence);
      return device.report();
    }
    const former = own.slots.current;
    const isBroken = broken.includes(manifest.version);
    const isPaired = !relabelled.some((one) => one === manifest.version || one === former?.version);
    if (former?.bundle === version.bundle) {
      const { deployment } = own;
      if (deployment?.state !== 'active') return device.report();
      // Interrupted between activation and commitment.
      await device.send('telemetry', device.window(version));
      return device.progress(version, 'committed');
    }
    await device.progress(version, 'downloading');
    if (own.slots.previous?.bundle !== version.bundle) await device.fetchBundle(manifest);
    own.slots = { ...own.slots, candidate: version };
    for (const state of ['staged', 'self-tested'] as const) await device.progress(version, state);
    const straight = manifest.policy.shadow.minFrames === 0;
    if (former && !straight) {
      await device.progress(version, 'shadowing');
      const paired = isPaired ? (isBroken ? collapsed('shadow') : AGREEING) : undefined;
      await device.send('telemetry', device.window(former, shadowOf('candidate', version, paired)));
    }
    own.slots = { current: version, previous: former, candidate: null };
    await device.progress(version, 'active');
    const paired = isPaired ? (isBroken ? collapsed('answering') : AGREEING) : undefined;
    const shadow = former && !straight ? shadowOf('previous', former, paired) : undefined;
    await device.send('telemetry', device.window(version, shadow));
    await device.progress(version, 'committed');
  };
}
