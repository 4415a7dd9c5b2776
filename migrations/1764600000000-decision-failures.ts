import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often in a row a rollout could not be decided on. */
export class DecisionFailures1764600000000 implements MigrationInterface {
  readonly name = 'DecisionFailures1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rollouts ADD COLUMN decision_failures int NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rollouts DROP COLUMN decision_failures');
  }
}
