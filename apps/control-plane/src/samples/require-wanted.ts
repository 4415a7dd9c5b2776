import type { FleetSampleRules } from '@hamon/contracts';
import { ControlPlaneError } from '../platform/errors.js';

/** @throws ControlPlaneError `samples-not-wanted` where the fleet does not let pictures leave its devices */
export function requireWanted({ upload }: FleetSampleRules): void {
  if (upload) return;
  throw new ControlPlaneError(
    'samples-not-wanted',
    "The fleet's policy lets no picture leave its devices (samples.upload).",
  );
}
