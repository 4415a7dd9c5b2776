import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * Windows of a dump that was restored into another server keep that server's transaction numbers. Numbers still ahead here
 * would take years to become final: rollouts would look for them ten times a second, and finally count them as new.
 */
@Injectable()
export class RestoredWindows implements OnModuleInit {
  constructor(private readonly database: DataSource) {}

  /** A row that this server wrote is visible only once its transaction is below the snapshot's end. */
  async onModuleInit(): Promise<void> {
    await this.database.query(
      `UPDATE windows SET txid = '0' WHERE txid >= pg_snapshot_xmax(pg_current_snapshot())`,
    );
  }
}
