import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Selectors ask for labels by containment and by key; without an index each page of a rare label reads every device. */
export class DeviceLabelsIndex1764980000000 implements MigrationInterface {
  readonly name = 'DeviceLabelsIndex1764980000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX devices_by_label ON devices USING gin (labels)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX devices_by_label');
  }
}
