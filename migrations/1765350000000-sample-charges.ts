import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each sample takes of the budgets. Those that are there took their picture's bytes, and give back no more. */
export class SampleCharges1765350000000 implements MigrationInterface {
  readonly name = 'SampleCharges1765350000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE samples ADD COLUMN charged bigint;
      UPDATE samples SET charged = bytes;
      ALTER TABLE samples ALTER COLUMN charged SET NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE samples DROP COLUMN charged`);
  }
}
