import { Injectable } from '@nestjs/common';
import type { CancelCommand, DeviceCommand, GeneralJws } from '@hamon/contracts';
import { signCommand } from '@hamon/trust';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';
import { BenchmarkStore, STOP_SECONDS, type BenchmarkRow } from './benchmark.store.js';

/** Base64url of it must fit the payload of a JWS. */
const MAX_COMMAND_LENGTH = 60_000;

/** A command to stop, and when it was issued; nothing where the device was never told of the benchmark. */
export type Stop = { readonly jws: GeneralJws; readonly issuedAt: Date } | Record<string, never>;

/** Signs commands to devices. */
@Injectable()
export class CommandSigner {
  constructor(
    private readonly store: BenchmarkStore,
    private readonly key: ManifestKey,
    private readonly clock: Clock,
  ) {}

  /** @throws ControlPlaneError `version-too-large` */
  async sign(command: DeviceCommand): Promise<GeneralJws> {
    // A bundle's index has up to 128 chunks; many such variants do not fit into one message.
    if (JSON.stringify(command).length > MAX_COMMAND_LENGTH) {
      throw new ControlPlaneError(
        'version-too-large',
        'The indexes of all variants together do not fit into one command to a device.',
      );
    }
    return signCommand(command, this.key.signing);
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

  /** Now, or later than the newest command to the device, whichever replica signed that. */
  issueTime(last: Date | null): Date {
    return new Date(Math.max(this.clock.nowMs(), (last?.getTime() ?? 0) + 1));
  }
}
