import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { BenchmarkCommand, CancelCommand, GeneralJws } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { CommandPublisher } from '../commands/command-publisher.js';
import { CommandSigner } from '../commands/command-signer.js';
import { CommandSources } from '../commands/command-sources.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ChunkPublisher } from '../registry/chunk-publisher.js';
import { WantedBundles } from '../registry/wanted-bundles.js';
import { BenchmarkStore, STOP_SECONDS, type BenchmarkRow } from './benchmark.store.js';

/** Base64url of it must fit the payload of a JWS. */
const MAX_COMMAND_LENGTH = 60_000;

/** A command to stop, and when it was issued; nothing where the device was never told of the benchmark. */
export type Stop = { readonly jws: GeneralJws; readonly issuedAt: Date } | Record<string, never>;

/** Signs commands to measure and to stop, and has them published with the bundles that they need. */
@Injectable()
export class BenchmarkSigner implements OnModuleInit {
  constructor(
    private readonly store: BenchmarkStore,
    private readonly signer: CommandSigner,
    private readonly sources: CommandSources,
    private readonly publisher: CommandPublisher,
    private readonly wanted: WantedBundles,
    private readonly chunks: ChunkPublisher,
  ) {}

  onModuleInit(): void {
    this.sources.add(this.store);
    this.wanted.add((database) => this.store.wantedBundles(database));
  }

  /** Commands were added or removed: the bundles that they need change with them. */
  kick(): void {
    this.publisher.kick();
    this.chunks.kick();
  }

  /** @throws ControlPlaneError `version-too-large` */
  async sign(command: BenchmarkCommand | CancelCommand): Promise<GeneralJws> {
    // A bundle's index has up to 128 chunks; many such variants do not fit into one message.
    if (JSON.stringify(command).length > MAX_COMMAND_LENGTH) {
      throw new ControlPlaneError(
        'version-too-large',
        'The indexes of all variants together do not fit into one command to a device.',
      );
    }
    return this.signer.sign(command);
  }

  /** Orders the device to stop, where it was told of the benchmark. The row must be locked. */
  async stop(manager: EntityManager, { id, fleet, device, expiresAt, toldAt }: BenchmarkRow): Promise<Stop> {
    if (toldAt === null) return {};
    const { issuedAt: last } = await this.store.standing(manager, device);
    const issuedAt = this.issueTime(last);
    const command: CancelCommand = {
      schema: 'hamon.command/1',
      ...{ fleet, device, id },
      issuedAt: issuedAt.toISOString(),
      expiresAt: new Date(expiresAt.getTime() + STOP_SECONDS * 1000).toISOString(),
      kind: 'cancel',
    };
    return { jws: await this.sign(command), issuedAt };
  }

  issueTime(last: Date | null): Date {
    return this.signer.issueTime(last);
  }
}
