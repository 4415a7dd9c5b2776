import { z } from 'zod';
import {
  BundleRef,
  DeploymentState,
  DevicePolicy,
  GeneralJws,
  Reason,
  RunningVersion,
  Sequence,
  Timestamp,
} from '@hamon/contracts';

/** What a verified manifest asks for. `version.bundle` equals `bundle.sha256`. */
export const Target = z.strictObject({
  version: RunningVersion,
  bundle: BundleRef,
  policy: DevicePolicy,
});
export type Target = z.infer<typeof Target>;

/** One installed bundle: its files lie verified in the folder of its digest. */
export const Slot = z.strictObject({
  version: RunningVersion,
  policy: DevicePolicy,
  /** It has been committed here once; only such a version is worth going back to. */
  good: z.boolean(),
});
export type Slot = z.infer<typeof Slot>;

export const Deployment = z.strictObject({
  target: Target,
  state: DeploymentState,
  reason: Reason.nullable(),
  /** Times that loading this deployment's model was begun in this state; only a death of the supervisor leaves it high. */
  attempts: z.int().min(0),
});
export type Deployment = z.infer<typeof Deployment>;

/** The newest accepted manifest: what is wanted, and the proof that it was signed. */
export const Accepted = z.strictObject({
  sequence: Sequence,
  jws: GeneralJws,
  target: Target,
  /** Rolled back from or refused. One flag suffices: every lower sequence is refused as older anyway. */
  abandoned: z.boolean(),
});
export type Accepted = z.infer<typeof Accepted>;

/** How long the previous version goes on as shadow of the current one. */
export const Watch = z.strictObject({ since: Timestamp, seconds: z.number().min(0) });
export type Watch = z.infer<typeof Watch>;

/** All that must survive a power cut, `hamon.agent-state/1`. */
export const DeviceState = z.strictObject({
  schema: z.literal('hamon.agent-state/1'),
  slots: z.strictObject({
    current: Slot.nullable(),
    previous: Slot.nullable(),
    candidate: Slot.nullable(),
  }),
  deployment: Deployment.nullable(),
  accepted: Accepted.nullable(),
  watch: Watch.nullable(),
  /** No verified manifest was issued later than this, and time does not run backwards. */
  timeFloor: Timestamp.nullable(),
});
export type DeviceState = z.infer<typeof DeviceState>;

export const EMPTY_STATE: DeviceState = {
  schema: 'hamon.agent-state/1',
  slots: { current: null, previous: null, candidate: null },
  deployment: null,
  accepted: null,
  watch: null,
  timeFloor: null,
};
