import { Injectable } from '@nestjs/common';
import type { ReportedState } from '@hamon/contracts';
import { verifyManifest } from '@hamon/trust';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Outbox } from '../messaging/outbox.js';
import { PeerReports } from '../messaging/peer-reports.js';
import { Log } from '../platform/log.js';
import { HIGHEST_CONTINUED } from './continuation.js';
import { ContinuationQuota } from './continuation-quota.js';
import { DesiredStateService } from './desired-state.service.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';

/**
 * Notices devices that are ahead of the database, as after a restore from an older copy: they would refuse every new
 * manifest as older, or as in conflict with the manifest they hold under the same number. Only what the device
 * proves by one of our own signatures counts; a mere claim could otherwise drive its sequence to the end of its range.
 */
@Injectable()
export class SequenceWatch {
  private readonly quota = new ContinuationQuota();

  constructor(
    private readonly database: DataSource,
    private readonly key: ManifestKey,
    private readonly desired: DesiredStateService,
    private readonly outbox: Outbox,
    private readonly reports: PeerReports,
    private readonly audit: AuditService,
    private readonly log: Log,
  ) {}

  async check(fleet: string, reports: ReadonlyMap<string, ReportedState>): Promise<void> {
    const claims = [...reports.values()].filter(({ highestSequence }) => highestSequence !== null);
    if (claims.length === 0) return;
    const ahead = await this.database.query<{ device: string }[]>(
      `SELECT c.device FROM unnest($1::text[], $2::bigint[], $3::text[]) AS c (device, sequence, signature)
       JOIN known_devices d ON d.id = c.device AND d.fleet = $4 AND d.retired_at IS NULL
       LEFT JOIN device_desired w ON w.device = c.device
       WHERE c.sequence > coalesce(w.sequence, 0)
          OR c.sequence = w.sequence AND c.signature <> w.jws #>> '{signatures,0,signature}'`,
      [
        claims.map(({ device }) => device),
        claims.map(({ highestSequence }) => highestSequence),
        claims.map(({ proof }) => signatureOf(proof) ?? null),
        fleet,
      ],
    );
    for (const { device } of ahead) await this.continue(fleet, device, reports.get(device));
  }

  private async continue(fleet: string, device: string, reported: ReportedState | undefined): Promise<void> {
    const refuse = (detail: string) => this.reports.dropped('sequence-claim', device, detail);
    if (!reported?.proof) return refuse('a sequence without proof');
    const expected = { fleet, device, now: 'any-time' } as const;
    const proof = await verifyManifest(reported.proof, this.key.publicJwk(), expected);
    if (!proof.ok) return refuse(`a sequence without proof: ${proof.error.detail}`);
    const { sequence, version } = proof.value;
    if (sequence > HIGHEST_CONTINUED) {
      const wayOut = `enrol it anew (hamon enrol-token create --replace ${device})`;
      return refuse(`sequence ${sequence} leaves no room above it: ${wayOut}`);
    }
    // Only now: who is not ahead after all, or proves nothing, uses nothing up.
    if (!this.quota.tryTake(device, performance.now())) return refuse('its sequence changes too often');
    const next = await this.database.transaction(async (manager) => {
      const { deployment = null, slots = EMPTY } = reported ?? {};
      const payload = reported?.proof?.payload ?? '';
      const decided = await this.desired.continueAbove(manager, proof.value, payload, { deployment, slots });
      if (decided) {
        const detail = { sequence, version, decided: decided.kind };
        await this.audit.record(manager, {
          fleet,
          ...{ actor: 'trust', action: 'device.ahead' },
          subject: device,
          detail,
        });
      }
      return decided;
    });
    if (!next) return;
    const proven = { device, sequence, version, decided: next.kind };
    this.log.warn('a device is ahead of the database; its manifests continue above', proven);
    this.outbox.kick();
  }
}

const EMPTY: ReportedState['slots'] = { current: null, previous: null, candidate: null };

/** Asks the database in few bytes; payloads then tell whether it is another manifest. */
const signatureOf = (jws: ReportedState['proof']): string | undefined => jws?.signatures[0]?.signature;
