import type { MigrationInterface, QueryRunner } from 'typeorm';

const DROPPED_VIEWS = `DROP VIEW known_targets, known_devices, known_versions, known_deployments, known_windows`;

/** `column ->> 'payload'` of a JWS as JSON; its base64url has no padding. */
const payloadOf = (jws: string): string =>
  `convert_from(decode(rpad(translate(${jws} ->> 'payload', '-_', '+/'),
     (ceil(length(${jws} ->> 'payload') / 4.0) * 4)::int, '='), 'base64'), 'UTF8')::jsonb`;

/** A row of a device becomes one of a device and a model. */
const DESIRED = `
ALTER TABLE device_desired
  ADD COLUMN model text,
  -- Since when something is desired of it without a break: the earliest is the device's first model.
  ADD COLUMN assigned_at timestamptz,
  -- The device may keep it until another model takes its place: its agent does not understand an order to remove it.
  ADD COLUMN unassigned boolean NOT NULL DEFAULT false;

UPDATE device_desired w SET
  assigned_at = w.issued_at,
  unassigned = w.unassigned_model IS NOT NULL AND w.version_id IS NULL,
  model = coalesce(
    (SELECT v.model FROM versions v WHERE v.id = w.version_id),
    ${payloadOf('w.jws')} ->> 'model',
    w.unassigned_model,
    (SELECT v.model FROM deployments p JOIN versions v ON v.id = p.version_id
     WHERE p.device = w.device ORDER BY p.created_at DESC LIMIT 1),
    (SELECT s.model FROM device_slots s WHERE s.device = w.device AND s.slot = 'current' LIMIT 1));
UPDATE device_desired SET unassigned = false WHERE unassigned_model <> model;

-- Sequences of devices of which no row names a model: later ones stay above them.
CREATE TABLE sequence_floors (
  device   text PRIMARY KEY REFERENCES devices,
  sequence bigint NOT NULL CHECK (sequence > 0)
);
INSERT INTO sequence_floors (device, sequence)
SELECT device, sequence FROM device_desired WHERE model IS NULL AND sequence > 0;
DELETE FROM device_desired WHERE model IS NULL;

ALTER TABLE device_desired
  DROP CONSTRAINT device_desired_pkey,
  DROP CONSTRAINT device_desired_manifest_order_check,
  ALTER COLUMN model SET NOT NULL,
  ADD PRIMARY KEY (device, model),
  ADD CHECK (manifest_order IN ('hold', 'withdraw', 'unassign'));

-- A model that is no longer wanted there, beside the one that is desired.
INSERT INTO device_desired (device, model, fleet, sequence, unassigned)
SELECT device, unassigned_model, fleet, sequence, true FROM device_desired WHERE unassigned_model <> model;
ALTER TABLE device_desired DROP COLUMN unassigned_model;
`;

const DEPLOYMENTS = `
ALTER TABLE deployments
  ADD COLUMN model text,
  -- What its rollout put in the place of the bundle's threshold.
  ADD COLUMN threshold jsonb;
UPDATE deployments p SET model = v.model FROM versions v WHERE v.id = p.version_id;
ALTER TABLE deployments ALTER COLUMN model SET NOT NULL;
`;

/** Reports of the former release speak of one model; those of this one list all. */
const REPORTED = `
-- Models that the device's agent runs at most, as it reports; null before the first report.
ALTER TABLE devices ADD COLUMN max_models integer;
UPDATE devices SET max_models = coalesce((reported ->> 'maxModels')::int, 1) WHERE reported IS NOT NULL;

-- What devices say of each of their models beside slots and deployments.
CREATE TABLE reported_models (
  device           text NOT NULL REFERENCES devices,
  model            text NOT NULL,
  highest_sequence bigint,
  room_for_two     boolean,
  rejection        jsonb,
  PRIMARY KEY (device, model)
);
INSERT INTO reported_models (device, model, highest_sequence, room_for_two, rejection)
SELECT d.id, m.model, (d.reported ->> 'highestSequence')::bigint, (d.reported ->> 'roomForTwo')::boolean,
       nullif(d.reported -> 'rejection', 'null')
FROM devices d CROSS JOIN LATERAL (
  SELECT coalesce(
    CASE WHEN jsonb_typeof(d.reported -> 'proof') = 'object' THEN ${payloadOf(`(d.reported -> 'proof')`)} ->> 'model' END,
    d.reported #>> '{deployment,version,model}',
    d.reported #>> '{slots,current,model}') AS model
) m
WHERE d.reported IS NOT NULL AND m.model IS NOT NULL;

ALTER TABLE reported_deployments ADD COLUMN version text, ADD COLUMN variant text, ADD COLUMN reason jsonb;
UPDATE reported_deployments t SET
  version = d.reported #>> '{deployment,version,version}',
  variant = d.reported #>> '{deployment,version,variant}',
  reason = nullif(d.reported #> '{deployment,reason}', 'null')
FROM devices d WHERE d.id = t.device;
DELETE FROM reported_deployments WHERE version IS NULL OR variant IS NULL;
ALTER TABLE reported_deployments ALTER COLUMN version SET NOT NULL, ALTER COLUMN variant SET NOT NULL;
`;

/** What an open rollout would go back to of another model has no place beside that rollout's model. */
const ROLLOUTS = `
UPDATE rollout_members m SET previous_version_id = NULL, previous_variant = NULL, previous_installed = false
FROM rollouts r, versions v
WHERE r.id = m.rollout_id AND r.ended_at IS NULL AND v.id = m.previous_version_id AND v.model <> r.model;
`;

const VIEWS = `
CREATE VIEW known_devices AS
SELECT id, fleet, labels, facts, enrolled_at, retired_at, online, online_since, connection, last_seen_at, max_models,
       coalesce(reported -> 'orders' ? 'hold', false) AS knows_hold,
       coalesce(reported -> 'orders' ? 'withdraw', false) AS knows_withdraw,
       coalesce(reported -> 'orders' ? 'unassign', false) AS knows_unassign
FROM devices;

-- Regression names its values; an anomaly has no labels.
CREATE VIEW known_versions AS
SELECT id, fleet, model, version, state, created_at, released_at,
       coalesce(bundle #> '{output,labels}', jsonb_path_query_array(bundle, '$.output.values[*].name')) AS labels
FROM versions;

CREATE VIEW known_targets AS
SELECT device, model, fleet, sequence, deployment_id, version_id, variant, bundle_sha256, manifest_order, unassigned,
       jws IS NOT NULL AS is_announced
FROM device_desired;

CREATE VIEW known_deployments AS
SELECT id, fleet, device, model, rollout_id, version_id, variant, bundle_sha256, sequence, state, given_up, reason,
       created_at, ended_at
FROM deployments;

CREATE VIEW known_windows AS
SELECT txid, fleet, device, model, id, started_at, ended_at, body FROM windows;
`;

/** The one model of each device that a former release knows: the one that is desired, else what runs. */
const KEPT_MODELS = `
CREATE TEMPORARY TABLE kept_models ON COMMIT DROP AS
SELECT DISTINCT ON (device) device, model
FROM (SELECT device, model, CASE WHEN version_id IS NOT NULL THEN 0 WHEN jws IS NOT NULL THEN 1 ELSE 3 END AS rank,
             sequence FROM device_desired
      UNION ALL SELECT device, model, 2, sequence FROM device_slots WHERE slot = 'current') AS one
ORDER BY device, rank, sequence DESC;
`;

const FORMER_DESIRED = `
UPDATE device_desired w SET sequence = greatest(
  (SELECT max(o.sequence) FROM device_desired o WHERE o.device = w.device),
  (SELECT f.sequence FROM sequence_floors f WHERE f.device = w.device));
ALTER TABLE device_desired ADD COLUMN unassigned_model text;
UPDATE device_desired w SET unassigned_model = (
  SELECT o.model FROM device_desired o WHERE o.device = w.device AND (o.unassigned OR o.manifest_order = 'unassign')
  ORDER BY o.model <> w.model, o.sequence DESC LIMIT 1);
DELETE FROM device_desired w
WHERE NOT EXISTS (SELECT FROM kept_models k WHERE (k.device, k.model) = (w.device, w.model));
UPDATE device_desired SET manifest_order = NULL, jws = NULL, issued_at = NULL, expires_at = NULL
WHERE manifest_order = 'unassign';

ALTER TABLE device_desired
  DROP CONSTRAINT device_desired_pkey,
  DROP CONSTRAINT device_desired_manifest_order_check,
  DROP COLUMN model, DROP COLUMN assigned_at, DROP COLUMN unassigned,
  ADD PRIMARY KEY (device),
  ADD CHECK (manifest_order IN ('hold', 'withdraw'));
INSERT INTO device_desired (device, fleet, sequence)
SELECT f.device, d.fleet, f.sequence FROM sequence_floors f JOIN devices d ON d.id = f.device
ON CONFLICT (device) DO NOTHING;
DROP TABLE sequence_floors;
ALTER TABLE deployments DROP COLUMN model, DROP COLUMN threshold;
`;

const FORMER_REPORTS = `
DELETE FROM device_slots s USING kept_models k WHERE k.device = s.device AND k.model <> s.model;
DELETE FROM reported_deployments t USING kept_models k WHERE k.device = t.device AND k.model <> t.model;
UPDATE devices d SET reported = (d.reported - 'models' - 'maxModels' - 'floor' - 'streams') || jsonb_build_object(
  'schema', 'hamon.reported/1',
  'slots', coalesce(m.body -> 'slots', '{"current": null, "previous": null, "candidate": null}'),
  'deployment', coalesce(m.body -> 'deployment', 'null'),
  'rejection', coalesce(nullif(m.body -> 'rejection', 'null'), d.reported -> 'rejection'),
  'rejected', coalesce(m.body -> 'rejected', 'null'),
  'roomForTwo', coalesce(m.body -> 'roomForTwo', 'true'),
  'highestSequence', coalesce(m.body -> 'highestSequence', 'null'),
  'proof', coalesce(m.body -> 'proof', 'null'))
FROM devices o
LEFT JOIN kept_models k ON k.device = o.id
LEFT JOIN LATERAL (
  SELECT one AS body FROM jsonb_array_elements(o.reported -> 'models') AS one WHERE one ->> 'model' = k.model
) m ON true
WHERE o.id = d.id AND d.reported ->> 'schema' = 'hamon.reported/2';
ALTER TABLE reported_deployments DROP COLUMN version, DROP COLUMN variant, DROP COLUMN reason;
DROP TABLE reported_models;
ALTER TABLE devices DROP COLUMN max_models;
`;

const FORMER_VIEWS = `
CREATE VIEW known_devices AS
SELECT id, fleet, labels, facts, enrolled_at, retired_at, online, online_since, connection, last_seen_at,
       coalesce((reported ->> 'roomForTwo')::boolean, true) AS room_for_two,
       coalesce(reported -> 'orders' ? 'hold', false) AS knows_hold,
       coalesce(reported -> 'orders' ? 'withdraw', false) AS knows_withdraw,
       (reported ->> 'highestSequence')::bigint AS highest_sequence
FROM devices;

CREATE VIEW known_versions AS
SELECT id, fleet, model, version, state, created_at, released_at, bundle #> '{output,labels}' AS labels FROM versions;

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

/** A device runs several models, each with what is desired of it, its own sequence and its own deployments. */
export class ManyModels1765200000000 implements MigrationInterface {
  readonly name = 'ManyModels1765200000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [DROPPED_VIEWS, DESIRED, DEPLOYMENTS, REPORTED, ROLLOUTS, VIEWS])
      await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    const steps = [DROPPED_VIEWS, KEPT_MODELS, FORMER_DESIRED, FORMER_REPORTS, FORMER_VIEWS];
    for (const sql of steps) await runner.query(sql);
  }
}
