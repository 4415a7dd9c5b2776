import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Variants that a device found to be of no use on its hardware class: beside figures, which may be of another day or source. */
export class UnfitVariants1764800000000 implements MigrationInterface {
  readonly name = 'UnfitVariants1764800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The newest finding per hardware class; figures that a device measured later revoke it.
      CREATE TABLE unfit_variants (
        version_id     uuid NOT NULL,
        variant        text NOT NULL,
        hardware_class text NOT NULL,
        device         text NOT NULL REFERENCES devices,
        measured_at    timestamptz NOT NULL,
        reason         jsonb NOT NULL,
        PRIMARY KEY (version_id, variant, hardware_class),
        FOREIGN KEY (version_id, variant) REFERENCES variants ON DELETE CASCADE
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unfit_variants');
  }
}
