import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BenchmarkCommand, BenchmarkView, ListQuery, Page, RequestBenchmark } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';
import { DeviceStore } from '../fleet/device.store.js';
import { VersionStore, type VersionWithVariants } from '../registry/version.store.js';
import { BenchmarkStore, type BenchmarkRow } from './benchmark.store.js';
import { viewOfBenchmark } from './benchmark.view.js';
import { BenchmarkSigner } from './benchmark-signer.js';

const MEASURABLE = ['validated', 'released'];

/** Asks devices to measure versions, and cancels such requests. */
@Injectable()
export class BenchmarkService {
  constructor(
    private readonly database: DataSource,
    private readonly store: BenchmarkStore,
    private readonly devices: DeviceStore,
    private readonly versions: VersionStore,
    private readonly signer: BenchmarkSigner,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async get(fleet: string, id: string): Promise<BenchmarkView> {
    return viewOfBenchmark(await this.find(fleet, id));
  }

  /** Of one device, newest first. */
  async list(fleet: string, device: string, query: ListQuery): Promise<Page<BenchmarkView>> {
    await this.devices.require(fleet, device);
    return this.store.page(device, query, viewOfBenchmark);
  }

  async request(caller: AdminCaller, device: string, wanted: RequestBenchmark): Promise<BenchmarkView> {
    const { fleet } = caller;
    const id = randomUUID();
    await this.database.transaction(async (manager) => {
      // Two requests for one device take turns.
      await this.devices.lockPresent(manager, fleet, device);
      const found = await this.versions.get(fleet, wanted.model, wanted.version, manager);
      requireMeasurable(found);
      const standing = await this.store.standing(manager, device);
      if (standing.open !== null) {
        throw new ControlPlaneError(
          'benchmark-open',
          `device "${device}" has the open benchmark ${standing.open}; wait for its end or cancel it first.`,
        );
      }
      const issuedAt = this.signer.issueTime(standing.issuedAt);
      const expiresAt = new Date(issuedAt.getTime() + wanted.expiresInSeconds * 1000);
      const command: BenchmarkCommand = {
        schema: 'hamon.command/1',
        ...{ fleet, device, id },
        issuedAt: issuedAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
        kind: 'benchmark',
        benchmark: taskOf(found, wanted),
      };
      const jws = await this.signer.sign(command);
      const versionId = found.version.id;
      const requestedAt = this.clock.now();
      await this.store.insert(manager, {
        ...{ id, fleet, device, versionId, requestedAt, issuedAt, expiresAt, jws },
      });
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'benchmark.request', subject: device },
        detail: { benchmark: id, model: wanted.model, version: wanted.version },
      });
    });
    this.signer.kick();
    return this.get(fleet, id);
  }

  /** Cancels it, and tells a device that knows of it. An ended one stays as it is. */
  async cancel(caller: AdminCaller, id: string): Promise<BenchmarkView> {
    const { fleet } = caller;
    await this.find(fleet, id);
    await this.database.transaction(async (manager) => {
      const row = await this.store.lock(manager, id);
      if (!row || row.endedAt !== null) return;
      await this.store.end(manager, id, { state: 'cancelled', ...(await this.signer.stop(manager, row)) });
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'benchmark.cancel', subject: row.device },
        detail: { benchmark: id },
      });
    });
    this.signer.kick();
    return this.get(fleet, id);
  }

  private async find(fleet: string, id: string): Promise<BenchmarkRow> {
    const row = await this.store.find(fleet, id);
    if (row) return row;
    throw new ControlPlaneError('benchmark-not-found', `There is no benchmark ${id}.`);
  }
}

function requireMeasurable({ version }: VersionWithVariants): void {
  if (MEASURABLE.includes(version.state)) return;
  throw new ControlPlaneError(
    'version-state',
    `${version.model}@${version.version} is ${version.state}; only a validated or released version can be measured.`,
  );
}

const taskOf = (
  { version, variants }: VersionWithVariants,
  { plan }: RequestBenchmark,
): BenchmarkCommand['benchmark'] => ({
  model: version.model,
  version: version.version,
  variants: variants.map(({ name, bundleSha256, bundleLength, bundleChunks }) => ({
    variant: name,
    bundle: { sha256: bundleSha256, length: bundleLength, chunks: bundleChunks },
  })),
  plan,
});
