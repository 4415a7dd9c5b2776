import { Injectable } from '@nestjs/common';
import type { BenchmarkResult } from '@hamon/contracts';
import { hardwareClassOf } from '@hamon/compress';
import type { EntityManager } from 'typeorm';
import { DeviceStore } from '../fleet/device.store.js';
import { PeerReports } from '../messaging/peer-reports.js';
import { Clock } from '../platform/clock/clock.js';
import { VariantProfileStore } from '../registry/variant-profile.store.js';
import { VersionStore } from '../registry/version.store.js';
import type { BenchmarkEnd, BenchmarkRow } from './benchmark.store.js';
import { checkResults } from './check-results.js';

/** What devices measured, kept as figures of the version's variants. */
@Injectable()
export class MeasuredResults {
  constructor(
    private readonly versions: VersionStore,
    private readonly profiles: VariantProfileStore,
    private readonly devices: DeviceStore,
    private readonly reports: PeerReports,
    private readonly clock: Clock,
  ) {}

  /** Figures are kept only where all of them are of this version's variants. */
  async keep(
    manager: EntityManager,
    { fleet, device, model, version, versionId }: BenchmarkRow,
    results: readonly BenchmarkResult[],
  ): Promise<BenchmarkEnd> {
    const { variants } = await this.versions.get(fleet, model, version, manager);
    const broken = checkResults(results, variants);
    if (broken !== undefined) {
      this.reports.dropped('reply', device, broken);
      return { state: 'failed', reason: { code: 'results-invalid', detail: broken.slice(0, 500) } };
    }
    const hardwareClass = hardwareClassOf((await this.devices.get(fleet, device, manager)).facts);
    // Our own clock: a device's may be years ahead, and would then never be measured anew.
    const measuredAt = this.clock.now();
    const by = { hardwareClass, device, measuredAt };
    await this.profiles.record(
      manager,
      versionId,
      results.flatMap(({ variant, figures }) =>
        figures ? [{ variant, source: 'device' as const, figures, ...by }] : [],
      ),
    );
    await this.profiles.recordUnfit(
      manager,
      versionId,
      results.flatMap(({ variant, unfit }) => (unfit ? [{ variant, reason: unfit, ...by }] : [])),
    );
    return { state: 'succeeded', hardwareClass, results };
  }
}
