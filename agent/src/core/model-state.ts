import { z } from 'zod';
import {
  BundleRef,
  DeploymentState,
  DevicePolicy,
  GeneralJws,
  ManifestOrder,
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
  /** Absent where the bundle is simply to run. */
  order: ManifestOrder.exactOptional(),
});
export type Target = z.infer<typeof Target>;

/** One installed bundle: its files lie verified in the folder of its digest. */
export const Slot = z.strictObject({
  version: RunningVersion,
  policy: DevicePolicy,
  /** It has been committed here once; only such a version is worth going back to. */
  good: z.boolean(),
  /**
   * It failed here with nothing to go back to. `kept`: it goes on answering; `stopped`: nothing runs, and the fallback
   * answers. In both cases a later version cannot go back to it. A commit clears it.
   */
  failed: z.enum(['kept', 'stopped']).exactOptional(),
});
export type Slot = z.infer<typeof Slot>;

/** The slot whose version runs; null for one that was stopped. */
export const answering = (slot: Slot | null): Slot | null => (slot?.failed === 'stopped' ? null : slot);

export const Deployment = z.strictObject({
  target: Target,
  state: DeploymentState,
  reason: Reason.nullable(),
  /** How often loading this deployment's model was begun in this state; it stays high only where the supervisor died. */
  attempts: z.int().min(0),
});
export type Deployment = z.infer<typeof Deployment>;

/** An earlier release accepted other spellings of a signature: the state that it left must stay readable. */
const StoredJws = z.preprocess(inOneSpelling, GeneralJws);

/** The newest accepted manifest: what is wanted, and the proof that it was signed. */
export const Accepted = z.strictObject({
  sequence: Sequence,
  jws: StoredJws,
  target: Target,
  /** Rolled back from or refused. One flag suffices: every lower sequence is refused as older anyway. */
  abandoned: z.boolean(),
});
export type Accepted = z.infer<typeof Accepted>;

/** How long the previous version goes on as shadow of the current one. */
export const Watch = z.strictObject({ since: Timestamp, seconds: z.number().min(0) });
export type Watch = z.infer<typeof Watch>;

/** What a device holds of one model. */
export const ModelState = z.strictObject({
  slots: z.strictObject({
    current: Slot.nullable(),
    previous: Slot.nullable(),
    candidate: Slot.nullable(),
  }),
  deployment: Deployment.nullable(),
  accepted: Accepted.nullable(),
  watch: Watch.nullable(),
});
export type ModelState = z.infer<typeof ModelState>;

export const NO_SLOTS: ModelState['slots'] = { current: null, previous: null, candidate: null };
export const EMPTY_MODEL: ModelState = { slots: NO_SLOTS, deployment: null, accepted: null, watch: null };

/** It was removed by a signed order. What is left of it keeps older manifests from bringing it back. */
export const isRemoved = ({ accepted }: ModelState): boolean => accepted?.target.order === 'unassign';

function inOneSpelling(jws: unknown): unknown {
  const shape = z
    .looseObject({ signatures: z.array(z.looseObject({ signature: z.string() })) })
    .safeParse(jws);
  if (!shape.success) return jws;
  const respelled = (text: string): string => Buffer.from(text, 'base64url').toString('base64url');
  const signatures = shape.data.signatures.map((one) => ({ ...one, signature: respelled(one.signature) }));
  return { ...shape.data, signatures };
}
