import { Injectable } from '@nestjs/common';
import type { ModelReport, ReportedState } from '@hamon/contracts';
import { verifyManifest } from '@hamon/trust';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Outbox, type DeviceModel } from '../messaging/outbox.js';
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
    const claims = [...reports].flatMap(([device, { models }]) =>
      models.flatMap((report) => (report.highestSequence === null ? [] : [{ device, report }])),
    );
    if (claims.length === 0) return;
    const ahead = await this.database.query<DeviceModel[]>(
      `SELECT c.device, c.model FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
         AS c (device, model, sequence, signature)
       JOIN known_devices d ON d.id = c.device AND d.fleet = $5 AND d.retired_at IS NULL
       LEFT JOIN device_desired w ON w.device = c.device AND w.model = c.model
       WHERE c.sequence > coalesce(w.sequence, 0)
          OR c.sequence = w.sequence AND c.signature <> w.jws #>> '{signatures,0,signature}'`,
      [
        claims.map(({ device }) => device),
        claims.map(({ report }) => report.model),
        claims.map(({ report }) => report.highestSequence),
        claims.map(({ report }) => signatureOf(report.proof) ?? null),
        fleet,
      ],
    );
    for (const { device, model } of ahead) {
      const claim = claims.find((one) => one.device === device && one.report.model === model);
      if (claim) await this.continue(fleet, claim.device, claim.report);
    }
  }

  private async continue(fleet: string, device: string, reported: ModelReport): Promise<void> {
    const refuse = (detail: string) => this.reports.dropped('sequence-claim', device, detail);
    const { model } = reported;
    if (!reported.proof) return refuse(`a sequence of ${model} without proof`);
    const expected = { fleet, device, now: 'any-time' } as const;
    const proof = await verifyManifest(reported.proof, this.key.publicJwk(), expected);
    if (!proof.ok) return refuse(`a sequence of ${model} without proof: ${proof.error.detail}`);
    if (proof.value.model !== model) return refuse(`a manifest of ${proof.value.model} as proof of ${model}`);
    const { sequence, version } = proof.value;
    if (sequence > HIGHEST_CONTINUED) {
      const wayOut = `enrol it anew (hamon enrol-token create --replace ${device})`;
      return refuse(`sequence ${sequence} of ${model} leaves no room above it: ${wayOut}`);
    }
    // Only now: who is not ahead after all, or proves nothing, uses nothing up.
    if (!this.quota.tryTake({ device, model }, performance.now()))
      return refuse('its sequence changes too often');
    const payload = reported.proof.payload;
    const next = await this.database.transaction(async (manager) => {
      const decided = await this.desired.continueAbove(manager, proof.value, payload, reported);
      if (decided) {
        const detail = { model, sequence, version, decided: decided.kind };
        await this.audit.record(manager, {
          ...{ fleet, actor: 'trust', action: 'device.ahead', subject: device },
          detail,
        });
      }
      return decided;
    });
    if (!next) return;
    const proven = { device, model, sequence, version, decided: next.kind };
    this.log.warn('a device is ahead of the database; its manifests continue above', proven);
    this.outbox.kick();
  }
}

/** Asks the database in few bytes; payloads then tell whether it is another manifest. */
const signatureOf = (jws: ModelReport['proof']): string | undefined => jws?.signatures[0]?.signature;
