import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a device itself last said that it is there; a retained message that a broker repeats is no word of the device. */
export class PresenceHeard1764700000000 implements MigrationInterface {
  readonly name = 'PresenceHeard1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE devices ADD COLUMN heard_at timestamptz;
      UPDATE devices SET heard_at = now() WHERE online;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE devices DROP COLUMN heard_at');
  }
}
