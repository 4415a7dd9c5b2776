import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What onnxruntime runs a device's model on, where its configuration names execution providers. */
export class ExecutionProviders1765340000000 implements MigrationInterface {
  readonly name = 'ExecutionProviders1765340000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE reported_models ADD COLUMN execution_provider text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE reported_models DROP COLUMN execution_provider`);
  }
}
