import { Injectable } from '@nestjs/common';
import type { GeneralJws } from '@hamon/contracts';
import { isSameDocument, verifyManifest } from '@hamon/trust';
import type { DeviceModel } from '../messaging/outbox.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';

/** Which manifest a device proves to hold. */
@Injectable()
export class ProvenSequence {
  constructor(private readonly key: ManifestKey) {}

  /**
   * The sequence of the manifest that the device proves, where it is ours, for it and of the model; null where it proves none.
   *
   * @param newest what we signed last: usually the same, and no signature has to be verified
   */
  async of(
    fleet: string,
    { device, model }: DeviceModel,
    proof: GeneralJws | null,
    newest: { readonly sequence: number; readonly jws: GeneralJws } | undefined,
  ): Promise<number | null> {
    if (proof === null) return null;
    if (newest && isSameDocument(proof, newest.jws)) return newest.sequence;
    const verified = await verifyManifest(proof, this.key.publicJwk(), { fleet, device, now: 'any-time' });
    return verified.ok && verified.value.model === model ? verified.value.sequence : null;
  }
}
