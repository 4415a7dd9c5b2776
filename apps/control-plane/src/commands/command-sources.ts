import { Injectable } from '@nestjs/common';
import type { GeneralJws } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';

/** A command to be sent to a device that is connected. */
export interface UntoldCommand {
  readonly id: string;
  readonly fleet: string;
  readonly device: string;
  readonly jws: GeneralJws;
  readonly connection: string | null;
}

/** A capability that asks something of devices, and keeps what it asks until they have answered. */
export interface CommandSource {
  /**
   * Commands to connected devices that were not told on this connection, or have not answered for so long. Skips rows that
   * other replicas have locked.
   */
  lockUntold(manager: EntityManager, againSeconds: number, limit: number): Promise<UntoldCommand[]>;
  markTold(manager: EntityManager, told: readonly UntoldCommand[]): Promise<void>;
}

/** Whose commands are published. */
@Injectable()
export class CommandSources {
  private readonly sources: CommandSource[] = [];

  get all(): readonly CommandSource[] {
    return this.sources;
  }

  /** Before the application starts. */
  add(source: CommandSource): void {
    this.sources.push(source);
  }
}
