import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a device is, as its newest report says, so that lists and counts need not look into reports; and webhooks on their way. */
export class HealthAndWebhooks1764960000000 implements MigrationInterface {
  readonly name = 'HealthAndWebhooks1764960000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE devices ADD COLUMN health jsonb;

      -- Stored with the decision that it tells of. The body is text: each attempt sends the very bytes of the first.
      CREATE TABLE webhook_deliveries (
        id              uuid PRIMARY KEY,
        fleet           text NOT NULL REFERENCES fleets,
        kind            text NOT NULL,
        subject         text NOT NULL,
        body            text NOT NULL,
        state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'given-up')),
        attempts        integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        last_failure    text,
        created_at      timestamptz NOT NULL DEFAULT now(),
        ended_at        timestamptz
      );
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE state = 'pending';
      CREATE INDEX webhook_deliveries_age ON webhook_deliveries (ended_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE webhook_deliveries; ALTER TABLE devices DROP COLUMN health`);
  }
}
