import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  GeneralJws,
  type BenchmarkCommand,
  type BenchmarkView,
  type CancelCommand,
  type Page,
  type PageQuery,
  type RequestBenchmark,
} from '@hamon/contracts';
import { signCommand } from '@hamon/trust';
import { DataSource, type EntityManager } from 'typeorm';
import { actorOf, type AdminCaller } from '../access/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { ChunkPublisher } from '../messaging/chunk-publisher.js';
import { ControlPlaneError } from '../platform/errors.js';
import { decodeCursor, toPage } from '../platform/http/page.js';
import { VersionStore, type VersionWithVariants } from '../registry/version.store.js';
import { ManifestKey } from '../trust/manifest-key.js';
import { BenchmarkStore, type BenchmarkRow } from './benchmark.store.js';
import { viewOfBenchmark } from './benchmark.view.js';
import { CommandTeller } from './command-teller.js';

const MEASURABLE = ['validated', 'released'];

/** Asks devices to measure versions, and takes it back. */
@Injectable()
export class BenchmarkService {
  constructor(
    private readonly database: DataSource,
    private readonly store: BenchmarkStore,
    private readonly versions: VersionStore,
    private readonly key: ManifestKey,
    private readonly teller: CommandTeller,
    private readonly chunks: ChunkPublisher,
    private readonly audit: AuditService,
  ) {}

  async get(fleet: string, id: string): Promise<BenchmarkView> {
    return viewOfBenchmark(await this.#find(fleet, id));
  }

  /** Of one device, newest first. */
  async list(fleet: string, device: string, query: PageQuery): Promise<Page<BenchmarkView>> {
    const [known] = await this.database.query<unknown[]>(
      `SELECT 1 FROM devices WHERE id = $1 AND fleet = $2`,
      [device, fleet],
    );
    if (known === undefined) throw noDevice(device);
    const before = decodeCursor(query, ['timestamp', 'uuid']);
    return toPage(
      await this.store.page(device, query.limit + 1, before),
      query.limit,
      ({ requestedAtText, id }) => [requestedAtText, id],
      viewOfBenchmark,
    );
  }

  async request(caller: AdminCaller, device: string, wanted: RequestBenchmark): Promise<BenchmarkView> {
    const { fleet } = caller;
    const id = randomUUID();
    await this.database.transaction(async (manager) => {
      // The lock makes two requests for one device take turns.
      const [known] = await manager.query<unknown[]>(
        `SELECT 1 FROM devices WHERE id = $1 AND fleet = $2 AND retired_at IS NULL FOR UPDATE`,
        [device, fleet],
      );
      if (known === undefined) throw noDevice(device);
      const found = await this.versions.get(fleet, wanted.model, wanted.version, manager);
      requireMeasurable(found);
      const standing = await this.store.standing(manager, device);
      if (standing.open !== null) {
        throw new ControlPlaneError(
          'benchmark-open',
          `device "${device}" has the open benchmark ${standing.open}; wait for its end or cancel it first.`,
        );
      }
      const issuedAt = after(standing.issuedAt);
      const expiresAt = new Date(issuedAt.getTime() + wanted.expiresInSeconds * 1000);
      const command: BenchmarkCommand = {
        schema: 'hamon.command/1',
        ...{ fleet, device, id },
        issuedAt: issuedAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
        kind: 'benchmark',
        benchmark: taskOf(found, wanted),
      };
      const jws = await this.#sign(command);
      const versionId = found.version.id;
      const requestedAt = new Date();
      await this.store.insert(manager, {
        ...{ id, fleet, device, versionId, requestedAt, issuedAt, expiresAt, jws },
      });
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'benchmark.request', subject: device },
        detail: { benchmark: id, model: wanted.model, version: wanted.version },
      });
    });
    this.chunks.kick();
    this.teller.kick();
    return this.get(fleet, id);
  }

  /** Nobody waits for it any more. A device that was told of it is told so too. An ended one stays as it is. */
  async cancel(caller: AdminCaller, id: string): Promise<BenchmarkView> {
    const { fleet } = caller;
    await this.#find(fleet, id);
    await this.database.transaction(async (manager) => {
      const row = await this.store.lock(manager, id);
      if (!row || row.endedAt !== null) return;
      const told = row.toldAt !== null ? await this.#cancellation(manager, row) : {};
      await this.store.end(manager, id, { state: 'cancelled', ...told });
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'benchmark.cancel', subject: row.device },
        detail: { benchmark: id },
      });
    });
    this.teller.kick();
    this.chunks.kick();
    return this.get(fleet, id);
  }

  async #cancellation(
    manager: EntityManager,
    { id, fleet, device, expiresAt }: BenchmarkRow,
  ): Promise<{ jws: GeneralJws; issuedAt: Date }> {
    const { issuedAt: last } = await this.store.standing(manager, device);
    const issuedAt = after(last);
    const command: CancelCommand = {
      schema: 'hamon.command/1',
      ...{ fleet, device, id },
      issuedAt: issuedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      kind: 'cancel',
    };
    return { jws: await this.#sign(command), issuedAt };
  }

  async #sign(command: BenchmarkCommand | CancelCommand): Promise<GeneralJws> {
    // A bundle's index has up to 128 chunks; many such variants do not fit into one message.
    if (JSON.stringify(command).length > MAX_COMMAND_LENGTH) {
      throw new ControlPlaneError(
        'version-too-large',
        'The indexes of all variants together do not fit into one command to a device.',
      );
    }
    return signCommand(command, this.key.signing);
  }

  async #find(fleet: string, id: string): Promise<BenchmarkRow> {
    const row = await this.store.find(fleet, id);
    if (row) return row;
    throw new ControlPlaneError('benchmark-not-found', `There is no benchmark ${id}.`);
  }
}

/** Base64url of it must fit the payload of a JWS. */
const MAX_COMMAND_LENGTH = 60_000;

const noDevice = (device: string): ControlPlaneError =>
  new ControlPlaneError('device-not-found', `There is no device "${device}".`);

/** Now, and in any case later than the newest command to the device, whichever replica signed that. */
const after = (last: Date | null): Date => new Date(Math.max(Date.now(), (last?.getTime() ?? 0) + 1));

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
