import { Manifest, type GeneralJws, type PublicJwk, type ModelReport, type Reason } from '@hamon/contracts';
import { documentDigest, readManifest, verifyManifest } from '@hamon/trust';
import { acceptManifest, isAbandoned, isKnown } from './core/accept-manifest.js';
import { modelIn, withModel, type DeviceState } from './core/device-state.js';
import { laterOf, latestIssue } from './core/time-floor.js';
import { withdraw } from './core/withdraw.js';
import { reasonOf } from './runner/reason-of.js';
import type { StateKeeper } from './state-keeper.js';

export interface ManifestInboxOptions {
  readonly fleet: string;
  readonly device: string;
  /** Pinned at enrolment. */
  readonly manifestKey: PublicJwk;
  readonly keeper: StateKeeper<DeviceState>;
  readonly maxBytes: number;
  /** The machine's clock. */
  readonly now?: () => Date;
  /** The time as machine and server agree on it; undefined where they do not. */
  readonly believed: () => Date | undefined;
  readonly onAccepted: (model: string) => void;
  /** `what` is null where the bytes are no JWS at all: nothing that our control plane sends. */
  readonly onRejected: (model: string, reason: Reason, what: RejectedManifest | null) => void;
  readonly onKnown: (model: string) => void;
}

export type RejectedManifest = NonNullable<ModelReport['rejected']>;

const RETRY_MS = 10_000;
const Claims = Manifest.pick({ sequence: true }).loose();

/**
 * What arrives on the `desired` topics, one after the other whichever models they are of: verified, judged, and kept before
 * it takes effect.
 */
export class ManifestInbox {
  private queue: Promise<void> = Promise.resolve();
  /** By model. */
  private readonly retries = new Map<string, NodeJS.Timeout>();

  constructor(private readonly options: ManifestInboxOptions) {}

  /** @param model whose topic it came under */
  receive(model: string, payload: Uint8Array): Promise<void> {
    this.forgetRetry(model);
    this.queue = this.queue.then(() => this.take(model, payload));
    return this.queue;
  }

  close(): void {
    for (const model of [...this.retries.keys()]) this.forgetRetry(model);
  }

  private async take(model: string, payload: Uint8Array): Promise<void> {
    const { keeper, maxBytes, onAccepted, onRejected, onKnown } = this.options;
    try {
      if (payload.byteLength === 0) {
        await keeper.update((state) => withModel(state, model, withdraw));
        onAccepted(model);
        return;
      }
      if (payload.byteLength > maxBytes) {
        const detail = `${payload.byteLength} bytes, at most ${maxBytes}`;
        onRejected(model, { code: 'manifest-malformed', detail }, null);
        return;
      }
      const read = readManifest(parse(payload));
      if (!read.ok) {
        onRejected(model, read.error, null);
        return;
      }
      const reason = await this.judge(model, read.value);
      if (reason === 'accepted') onAccepted(model);
      else if (reason === 'known') onKnown(model);
      else onRejected(model, reason, nameOf(read.value));
    } catch (cause) {
      const reason = reasonOf(cause);
      if (!reason) throw cause;
      // A full disk keeps no manifest, and the message would come again only with the next connection.
      this.forgetRetry(model);
      const retry = setTimeout(() => void this.receive(model, payload), RETRY_MS);
      retry.unref();
      this.retries.set(model, retry);
    }
  }

  private forgetRetry(model: string): void {
    clearTimeout(this.retries.get(model));
    this.retries.delete(model);
  }

  private async judge(model: string, jws: GeneralJws): Promise<'accepted' | 'known' | Reason> {
    const { fleet, device, manifestKey, keeper, believed } = this.options;
    // Verified once, it is not judged by its expiry again: a device that comes back late runs it already.
    if (isKnown(jws, modelIn(keeper.state, model))) return this.again(model);
    const clock = this.options.now?.() ?? new Date();
    const now = laterOf(clock, keeper.state.timeFloor);
    const verified = await verifyManifest(jws, manifestKey, {
      ...{ fleet, device, now },
      latestIssue: latestIssue(believed()),
    });
    if (!verified.ok) return verified.error;
    if (verified.value.model !== model) {
      const detail = `a manifest of ${verified.value.model} came under the topic of ${model}`;
      return { code: 'manifest-foreign-model', detail };
    }
    const acceptance = acceptManifest(verified.value, jws, keeper.state);
    if (acceptance.kind === 'rejected') return acceptance.reason;
    if (acceptance.kind === 'known') return this.again(model);
    // Judged again inside the update: the state may have changed since.
    await keeper.update((state) => {
      const again = acceptManifest(verified.value, jws, state);
      return again.kind === 'accepted' ? again.next : state;
    });
    return 'accepted';
  }

  private again(model: string): 'known' | Reason {
    const accepted = modelIn(this.options.keeper.state, model)?.accepted;
    if (!accepted || !isAbandoned(accepted)) return 'known';
    return {
      code: 'manifest-abandoned',
      detail: `sequence ${accepted.sequence} was refused or rolled back from here`,
    };
  }
}

/** Which one it was, by its bytes; its sequence is what the payload says, verified or not. */
function nameOf(jws: GeneralJws): RejectedManifest {
  const claims = Claims.safeParse(parse(Buffer.from(jws.payload, 'base64url')));
  return { sequence: claims.success ? claims.data.sequence : null, digest: documentDigest(jws) };
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
