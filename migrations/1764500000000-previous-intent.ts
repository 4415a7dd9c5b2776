import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a member was meant to run before a rollout, where it had not come to run anything. */
export class PreviousIntent1764500000000 implements MigrationInterface {
  readonly name = 'PreviousIntent1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- False where the previous version was only desired: there is nothing on the device to compare with.
      ALTER TABLE rollout_members ADD COLUMN previous_installed boolean NOT NULL DEFAULT true;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rollout_members DROP COLUMN previous_installed');
  }
}
