import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a version came about, and what its variants showed where they were measured. */
export class VariantProfiles1764100000000 implements MigrationInterface {
  readonly name = 'VariantProfiles1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Null for a bundle that came without a compression report.
      ALTER TABLE versions ADD COLUMN provenance jsonb;

      -- The newest measurement of a variant per hardware class and kind of source.
      CREATE TABLE variant_profiles (
        version_id     uuid NOT NULL,
        variant        text NOT NULL,
        hardware_class text NOT NULL,
        source         text NOT NULL CHECK (source IN ('compression', 'device')),
        device         text REFERENCES devices,
        measured_at    timestamptz NOT NULL,
        figures        jsonb NOT NULL,
        PRIMARY KEY (version_id, variant, hardware_class, source),
        FOREIGN KEY (version_id, variant) REFERENCES variants ON DELETE CASCADE,
        CHECK ((source = 'device') = (device IS NOT NULL))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE variant_profiles');
    await runner.query('ALTER TABLE versions DROP COLUMN provenance');
  }
}
