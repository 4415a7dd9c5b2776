import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Compressions that the control plane carries out itself. */
export class CompressionJobs1764400000000 implements MigrationInterface {
  readonly name = 'CompressionJobs1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE compression_jobs (
        id                uuid PRIMARY KEY,
        fleet             text NOT NULL REFERENCES fleets,
        model             text NOT NULL,
        source_version_id uuid NOT NULL REFERENCES versions,
        result_version    text NOT NULL,
        recipe            jsonb NOT NULL,
        -- Samples and bytes per set; the files are in compression_samples while the job is open.
        samples           jsonb NOT NULL,
        state             text NOT NULL,
        progress          jsonb,
        attempts          integer NOT NULL DEFAULT 0,
        reason            jsonb,
        created_by        text NOT NULL,
        created_at        timestamptz(3) NOT NULL DEFAULT now(),
        started_at        timestamptz,
        ended_at          timestamptz,
        -- Not taken before.
        run_after         timestamptz NOT NULL DEFAULT now(),
        -- Whoever runs it holds this token, until the time unless it renews it.
        lease_token       uuid,
        lease_until       timestamptz,
        -- Read as a whole only; names in models may hold what jsonb refuses.
        report            json,
        CHECK ((state IN ('queued', 'running')) = (ended_at IS NULL)),
        CHECK ((state = 'running') = (lease_token IS NOT NULL AND lease_until IS NOT NULL))
      );
      CREATE INDEX compression_jobs_open ON compression_jobs (created_at) WHERE ended_at IS NULL;
      CREATE INDEX compression_jobs_page ON compression_jobs (fleet, created_at, id);
      -- A version number is promised to one job at a time.
      CREATE UNIQUE INDEX compression_jobs_result ON compression_jobs (fleet, model, result_version)
        WHERE ended_at IS NULL;

      CREATE TABLE compression_samples (
        job_id uuid NOT NULL REFERENCES compression_jobs ON DELETE CASCADE,
        kind   text NOT NULL,
        path   text NOT NULL,
        sha256 text NOT NULL,
        PRIMARY KEY (job_id, kind, path)
      );
      CREATE INDEX compression_samples_by_sha256 ON compression_samples (sha256);

      CREATE TABLE compression_events (
        job_id uuid NOT NULL REFERENCES compression_jobs ON DELETE CASCADE,
        seq    integer NOT NULL,
        at     timestamptz NOT NULL DEFAULT clock_timestamp(),
        kind   text NOT NULL,
        text   text NOT NULL,
        PRIMARY KEY (job_id, seq)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE compression_events, compression_samples, compression_jobs');
  }
}
