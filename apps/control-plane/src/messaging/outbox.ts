import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Announcements that leave with the transaction that made them necessary, or not at all. */
@Injectable()
export class Outbox {
  private publisherKick: () => void = () => undefined;

  /** These devices' desired states changed. Call `kick` once the transaction is committed. */
  async addDesired(manager: EntityManager, devices: readonly string[]): Promise<void> {
    await manager.query(`INSERT INTO outbox (kind, key) SELECT 'desired', unnest($1::text[])`, [devices]);
  }

  /** Lets the publisher look at once; it would look by itself soon. */
  kick(): void {
    this.publisherKick();
  }

  onKick(kick: () => void): void {
    this.publisherKick = kick;
  }
}
