import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
-- Says that a rollout is to be decided on again. Rows are only inserted and deleted: whoever wakes never waits for the
-- decision that holds the rollout's own row, hence no foreign key to it either.
CREATE TABLE rollout_wakes (
  id         bigserial PRIMARY KEY,
  rollout_id uuid NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX rollout_wakes_by_rollout ON rollout_wakes (rollout_id);
-- Until then a wake does not make a rollout due: what it costs to decide on sets the pace.
ALTER TABLE rollouts ADD COLUMN rest_until timestamptz NOT NULL DEFAULT '-infinity';

-- Devices of which something changed that a decision looks at. Swept after minutes: a reader that is further behind reads
-- everything. As with windows, rows below the oldest running transaction are final.
CREATE TABLE member_changes (
  txid   xid8 NOT NULL DEFAULT pg_current_xact_id(),
  device text NOT NULL,
  at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX member_changes_by_txid ON member_changes (txid);
CREATE INDEX member_changes_age ON member_changes (at);
`;

/** By triggers, not by each writer: a forgotten one would leave a decision with old facts. */
const TRIGGERS = `
CREATE FUNCTION note_changed_devices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO member_changes (device)
  SELECT n.id FROM after_rows n JOIN before_rows o USING (id)
  WHERE (o.online, o.online_since, o.retired_at, o.reported)
        IS DISTINCT FROM (n.online, n.online_since, n.retired_at, n.reported);
  RETURN NULL;
END $$;
CREATE TRIGGER note_changes AFTER UPDATE ON devices
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_devices();

CREATE FUNCTION note_changed_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO member_changes (device) SELECT DISTINCT device FROM after_rows;
  RETURN NULL;
END $$;
CREATE TRIGGER note_changes AFTER UPDATE ON deployments
  REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changed_members();
CREATE TRIGGER note_changes AFTER UPDATE ON device_desired
  REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changed_members();
CREATE TRIGGER note_changes AFTER UPDATE ON rollout_members
  REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changed_members();
`;

/** Rollouts of many devices: woken without waiting, and decided on by what changed. */
export class RolloutWakes1764970000000 implements MigrationInterface {
  readonly name = 'RolloutWakes1764970000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLES, TRIGGERS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['devices', 'deployments', 'device_desired', 'rollout_members']) {
      await runner.query(`DROP TRIGGER note_changes ON ${table}`);
    }
    await runner.query(`
      DROP FUNCTION note_changed_devices, note_changed_members;
      DROP TABLE rollout_wakes, member_changes;
      ALTER TABLE rollouts DROP COLUMN rest_until;
    `);
  }
}
