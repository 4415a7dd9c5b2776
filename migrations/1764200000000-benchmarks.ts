import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Measurements of versions on devices. */
export class Benchmarks1764200000000 implements MigrationInterface {
  readonly name = 'Benchmarks1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE benchmarks (
        id              uuid PRIMARY KEY,
        fleet           text NOT NULL REFERENCES fleets,
        device          text NOT NULL REFERENCES devices,
        version_id      uuid NOT NULL REFERENCES versions,
        state           text NOT NULL CHECK (state IN
                          ('requested', 'running', 'succeeded', 'failed', 'expired', 'cancelled')),
        requested_at    timestamptz NOT NULL,
        -- Of the newest command signed for it: later for each further command to the device.
        issued_at       timestamptz NOT NULL,
        expires_at      timestamptz NOT NULL,
        ended_at        timestamptz,
        progress        jsonb,
        reason          jsonb,
        hardware_class  text,
        results         jsonb NOT NULL DEFAULT '[]',
        -- The command that the device is to be told; null once it knows.
        jws             jsonb,
        -- When, and on which of its connections, the device was told.
        told_at         timestamptz,
        told_connection uuid,
        CHECK ((state IN ('requested', 'running')) = (ended_at IS NULL))
      );
      -- One open benchmark per device: two would measure each other.
      CREATE UNIQUE INDEX benchmarks_open ON benchmarks (device) WHERE ended_at IS NULL;
      CREATE INDEX benchmarks_untold ON benchmarks (device) WHERE jws IS NOT NULL;
      CREATE INDEX benchmarks_page ON benchmarks (device, requested_at, id);
      CREATE INDEX benchmarks_version ON benchmarks (version_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE benchmarks');
  }
}
