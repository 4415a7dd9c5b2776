import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How devices, their keys, enrolment tokens and versions end. */
export class Lifecycle1764930000000 implements MigrationInterface {
  readonly name = 'Lifecycle1764930000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE devices
        ADD COLUMN retired_why text,
        -- Since when other hardware answers under this id; null where it is the one that enrolled first.
        ADD COLUMN replaced_at timestamptz;

      -- Keys of hardware that was replaced: refused for good, and told why to whoever proves to hold one.
      CREATE TABLE former_device_keys (
        thumbprint  text PRIMARY KEY,
        fleet       text NOT NULL REFERENCES fleets,
        device      text NOT NULL REFERENCES devices,
        public_key  jsonb NOT NULL,
        replaced_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX former_device_keys_by_device ON former_device_keys (device);

      ALTER TABLE enrolment_tokens
        ADD COLUMN revoked_at timestamptz,
        -- The device whose id the token hands to new hardware.
        ADD COLUMN replaces   text REFERENCES devices;

      -- A model that the device still runs and that nobody wants there any more: another one may take its place.
      ALTER TABLE device_desired ADD COLUMN unassigned_model text;

      ALTER TABLE versions ADD COLUMN retired_why text;

      CREATE INDEX audit_entries_subject ON audit_entries (fleet, subject, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX audit_entries_subject;
      ALTER TABLE versions DROP COLUMN retired_why;
      ALTER TABLE device_desired DROP COLUMN unassigned_model;
      ALTER TABLE enrolment_tokens DROP COLUMN revoked_at, DROP COLUMN replaces;
      DROP TABLE former_device_keys;
      ALTER TABLE devices DROP COLUMN retired_why, DROP COLUMN replaced_at;
    `);
  }
}
