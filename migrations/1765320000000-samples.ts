import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What fleets allow, and pictures that devices sent with what people say of them. */
export class Samples1765320000000 implements MigrationInterface {
  readonly name = 'Samples1765320000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The newest version holds; none: what holds by default.
      CREATE TABLE fleet_policies (
        fleet      text NOT NULL REFERENCES fleets,
        version    integer NOT NULL CHECK (version >= 1),
        samples    jsonb NOT NULL,
        changed_at timestamptz(3) NOT NULL DEFAULT now(),
        changed_by text NOT NULL,
        PRIMARY KEY (fleet, version)
      );

      CREATE TABLE samples (
        fleet       text NOT NULL REFERENCES fleets,
        id          uuid NOT NULL,
        device      text NOT NULL,
        stream      text NOT NULL,
        at          timestamptz(3) NOT NULL,
        received_at timestamptz(3) NOT NULL DEFAULT now(),
        reasons     text[] NOT NULL,
        model       text,
        version     text,
        task        text,
        verdict     text,
        sha256      text NOT NULL,
        bytes       bigint NOT NULL,
        -- As the device sent it.
        meta        jsonb NOT NULL,
        -- The newest label of each task without what takes room, and the words of all of them.
        labels      jsonb NOT NULL DEFAULT '[]',
        words       text[] NOT NULL DEFAULT '{}',
        PRIMARY KEY (fleet, id)
      );
      CREATE INDEX samples_page ON samples (fleet, at, id);
      CREATE INDEX samples_of_model ON samples (fleet, model, at, id);
      CREATE INDEX samples_of_device ON samples (fleet, device, at, id);
      CREATE INDEX samples_age ON samples (fleet, received_at);
      CREATE INDEX samples_by_sha256 ON samples (fleet, sha256);

      CREATE TABLE sample_labels (
        fleet     text NOT NULL,
        sample    uuid NOT NULL,
        seq       bigint GENERATED ALWAYS AS IDENTITY,
        task      text NOT NULL,
        truth     jsonb NOT NULL,
        words     text[] NOT NULL,
        at        timestamptz(3) NOT NULL DEFAULT now(),
        given_by  text NOT NULL,
        annotator text,
        PRIMARY KEY (fleet, sample, seq),
        FOREIGN KEY (fleet, sample) REFERENCES samples ON DELETE CASCADE
      );

      -- What a device sent on a day (UTC), and what a fleet has in all: limits are kept by these rows' locks.
      CREATE TABLE sample_usage (
        fleet  text NOT NULL REFERENCES fleets,
        device text NOT NULL,
        day    date NOT NULL,
        bytes  bigint NOT NULL,
        PRIMARY KEY (fleet, device, day)
      );
      CREATE TABLE sample_totals (
        fleet   text PRIMARY KEY REFERENCES fleets,
        samples bigint NOT NULL,
        bytes   bigint NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sample_totals, sample_usage, sample_labels, samples, fleet_policies');
  }
}
