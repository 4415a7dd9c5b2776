import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a device's newest manifest asks for instead of running its bundle; null where it is simply to run. */
export class ManifestOrders1764920000000 implements MigrationInterface {
  readonly name = 'ManifestOrders1764920000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE device_desired
        ADD COLUMN manifest_order text CHECK (manifest_order IN ('hold', 'withdraw'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE device_desired DROP COLUMN manifest_order`);
  }
}
