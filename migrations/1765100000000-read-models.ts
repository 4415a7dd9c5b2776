import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What devices say they have, taken out of their reports as these are stored. */
const REPORTED = `
CREATE TABLE device_slots (
  device        text NOT NULL REFERENCES devices,
  model         text NOT NULL,
  slot          text NOT NULL CHECK (slot IN ('current', 'previous', 'candidate')),
  version       text NOT NULL,
  variant       text NOT NULL,
  bundle_sha256 text NOT NULL,
  sequence      bigint NOT NULL,
  PRIMARY KEY (device, model, slot)
);

-- A device's own word on its newest manifest of a model; what the control plane holds for true is in deployments.
CREATE TABLE reported_deployments (
  device        text NOT NULL REFERENCES devices,
  model         text NOT NULL,
  bundle_sha256 text NOT NULL,
  sequence      bigint NOT NULL,
  state         text NOT NULL,
  given_up      boolean NOT NULL GENERATED ALWAYS AS (state IN ('refused', 'rolled-back')) STORED,
  chunks        jsonb NOT NULL,
  PRIMARY KEY (device, model)
);

INSERT INTO device_slots (device, model, slot, version, variant, bundle_sha256, sequence)
SELECT d.id, s.value ->> 'model', s.key, s.value ->> 'version', s.value ->> 'variant', s.value ->> 'bundle',
       (s.value ->> 'sequence')::bigint
FROM devices d CROSS JOIN LATERAL jsonb_each(d.reported -> 'slots') s
WHERE jsonb_typeof(s.value) = 'object';

INSERT INTO reported_deployments (device, model, bundle_sha256, sequence, state, chunks)
SELECT d.id, d.reported #>> '{deployment,version,model}', d.reported #>> '{deployment,version,bundle}',
       (d.reported #>> '{deployment,version,sequence}')::bigint, d.reported #>> '{deployment,state}',
       d.reported #> '{deployment,chunks}'
FROM devices d WHERE jsonb_typeof(d.reported -> 'deployment') = 'object';

ALTER TABLE deployments
  ADD COLUMN given_up boolean NOT NULL GENERATED ALWAYS AS (state IN ('refused', 'rolled-back')) STORED;
`;

/**
 * What a capability lets others read of its tables. Each is one table without what is the owner's own business, so that a
 * join with it is planned as one with the table.
 */
const VIEWS = `
CREATE VIEW known_devices AS
SELECT id, fleet, labels, facts, enrolled_at, retired_at, online, online_since, connection, last_seen_at,
       coalesce((reported ->> 'roomForTwo')::boolean, true) AS room_for_two,
       coalesce(reported -> 'orders' ? 'hold', false) AS knows_hold,
       coalesce(reported -> 'orders' ? 'withdraw', false) AS knows_withdraw,
       (reported ->> 'highestSequence')::bigint AS highest_sequence
FROM devices;

CREATE VIEW known_versions AS
SELECT id, fleet, model, version, state, created_at, released_at, bundle #> '{output,labels}' AS labels FROM versions;

CREATE VIEW known_variants AS
SELECT version_id, name, bundle_sha256, bundle_length, bundle_chunks FROM variants;

CREATE VIEW known_targets AS
SELECT device, fleet, sequence, deployment_id, version_id, variant, bundle_sha256, manifest_order, unassigned_model,
       jws IS NOT NULL AS is_announced
FROM device_desired;

CREATE VIEW known_deployments AS
SELECT id, fleet, device, rollout_id, version_id, variant, bundle_sha256, sequence, state, given_up, reason, created_at,
       ended_at
FROM deployments;

CREATE VIEW known_windows AS
SELECT txid, fleet, device, id, started_at, ended_at, body FROM windows;
`;

/** One capability owns each table; others read what it publishes, see docs/ARCHITECTURE.md. */
export class ReadModels1765100000000 implements MigrationInterface {
  readonly name = 'ReadModels1765100000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [REPORTED, VIEWS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW known_windows, known_deployments, known_targets, known_variants, known_versions, known_devices;
      ALTER TABLE deployments DROP COLUMN given_up;
      DROP TABLE reported_deployments, device_slots;
    `);
  }
}
