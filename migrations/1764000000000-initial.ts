import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Fleets, devices and the tokens that open the API. `created_at` has milliseconds where pages are cut by it: a cursor is
 * made of what the API shows.
 */
const ACCESS_AND_FLEET = `
CREATE TABLE fleets (
  id         text PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE access_tokens (
  id         uuid PRIMARY KEY,
  fleet      text NOT NULL REFERENCES fleets,
  name       text NOT NULL,
  hash       bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

CREATE TABLE enrolment_tokens (
  id         uuid PRIMARY KEY,
  fleet      text NOT NULL REFERENCES fleets,
  hash       bytea NOT NULL UNIQUE,
  uses_left  integer NOT NULL CHECK (uses_left >= 0),
  expires_at timestamptz NOT NULL,
  labels     jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX enrolment_tokens_page ON enrolment_tokens (fleet, created_at, id);

CREATE TABLE devices (
  id                 text PRIMARY KEY,
  fleet              text NOT NULL REFERENCES fleets,
  public_key         jsonb NOT NULL,
  thumbprint         text NOT NULL UNIQUE,
  enrolment_token    uuid NOT NULL REFERENCES enrolment_tokens,
  labels             jsonb NOT NULL,
  facts              jsonb NOT NULL,
  enrolled_at        timestamptz NOT NULL DEFAULT now(),
  retired_at         timestamptz,
  online             boolean NOT NULL DEFAULT false,
  online_since       timestamptz,
  connection         uuid,
  last_seen_at       timestamptz,
  reported           jsonb,
  mqtt_password_hash text
);
CREATE INDEX devices_page ON devices (fleet, id);
`;

/** Models, their immutable versions, and the files and chunks that they are made of. */
const REGISTRY = `
CREATE TABLE models (
  fleet         text NOT NULL REFERENCES fleets,
  name          text NOT NULL,
  task          text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  cloud_version text,
  cloud_variant text,
  PRIMARY KEY (fleet, name)
);

CREATE TABLE versions (
  id             uuid PRIMARY KEY,
  fleet          text NOT NULL,
  model          text NOT NULL,
  version        text NOT NULL,
  state          text NOT NULL,
  bundle         jsonb NOT NULL,
  content_digest text NOT NULL,
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  validated_at   timestamptz,
  released_at    timestamptz,
  retired_at     timestamptz,
  UNIQUE (fleet, model, version),
  FOREIGN KEY (fleet, model) REFERENCES models
);
CREATE INDEX versions_page ON versions (fleet, model, created_at, id);

CREATE TABLE variants (
  version_id    uuid NOT NULL REFERENCES versions ON DELETE CASCADE,
  name          text NOT NULL,
  bundle_sha256 text NOT NULL,
  bundle_length integer NOT NULL,
  bundle_chunks jsonb NOT NULL,
  length_bytes  bigint NOT NULL,
  model_bytes   bigint NOT NULL,
  PRIMARY KEY (version_id, name)
);
CREATE INDEX variants_by_bundle ON variants (bundle_sha256);

-- A row says that this fleet uploaded the file itself: knowing a digest opens nothing. The bytes are kept once.
CREATE TABLE artifacts (
  fleet   text NOT NULL REFERENCES fleets,
  sha256  text NOT NULL,
  length  bigint NOT NULL,
  used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (fleet, sha256)
);
CREATE INDEX artifacts_by_sha256 ON artifacts (sha256);

CREATE TABLE version_artifacts (
  version_id uuid NOT NULL REFERENCES versions ON DELETE CASCADE,
  path       text NOT NULL,
  sha256     text NOT NULL,
  PRIMARY KEY (version_id, path)
);
CREATE INDEX version_artifacts_by_sha256 ON version_artifacts (sha256);

CREATE TABLE bundle_chunks (
  bundle_sha256 text NOT NULL,
  sha256        text NOT NULL,
  artifact      text NOT NULL,
  byte_offset   bigint NOT NULL,
  length        integer NOT NULL,
  PRIMARY KEY (bundle_sha256, sha256)
);
CREATE INDEX bundle_chunks_by_chunk ON bundle_chunks (sha256);
`;

/** What shall run where, and how it got there. */
const ROLLOUTS = `
CREATE TABLE rollouts (
  id              uuid PRIMARY KEY,
  fleet           text NOT NULL REFERENCES fleets,
  model           text NOT NULL,
  version_id      uuid NOT NULL REFERENCES versions,
  variant         text NOT NULL,
  where_expr      text NOT NULL,
  spec            jsonb NOT NULL,
  status          jsonb NOT NULL,
  evidence        jsonb NOT NULL,
  evidence_cursor text NOT NULL,
  state           text NOT NULL,
  wake_at         timestamptz,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  ended_at        timestamptz
);
CREATE INDEX rollouts_due ON rollouts (wake_at) WHERE ended_at IS NULL;
CREATE INDEX rollouts_page ON rollouts (fleet, created_at, id);

CREATE TABLE deployments (
  id            uuid PRIMARY KEY,
  fleet         text NOT NULL REFERENCES fleets,
  device        text NOT NULL REFERENCES devices,
  rollout_id    uuid REFERENCES rollouts,
  version_id    uuid NOT NULL REFERENCES versions,
  variant       text NOT NULL,
  bundle_sha256 text NOT NULL,
  sequence      bigint NOT NULL CHECK (sequence > 0),
  state         text NOT NULL,
  reason        jsonb,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  ended_at      timestamptz
);
CREATE INDEX deployments_by_device ON deployments (device, created_at);
CREATE INDEX deployments_by_rollout ON deployments (rollout_id);
CREATE INDEX deployments_open ON deployments (bundle_sha256) WHERE ended_at IS NULL;

CREATE TABLE rollout_members (
  rollout_id           uuid NOT NULL REFERENCES rollouts ON DELETE CASCADE,
  device               text NOT NULL REFERENCES devices,
  position             integer NOT NULL,
  previous_version_id  uuid REFERENCES versions,
  previous_variant     text,
  deployment_id        uuid REFERENCES deployments,
  revert_deployment_id uuid REFERENCES deployments,
  PRIMARY KEY (rollout_id, device),
  UNIQUE (rollout_id, position)
);
CREATE INDEX rollout_members_by_device ON rollout_members (device);

CREATE TABLE rollout_events (
  rollout_id uuid NOT NULL REFERENCES rollouts ON DELETE CASCADE,
  seq        integer NOT NULL,
  at         timestamptz NOT NULL DEFAULT now(),
  kind       text NOT NULL,
  text       text NOT NULL,
  detail     jsonb NOT NULL,
  PRIMARY KEY (rollout_id, seq)
);

-- One row per device. A null target means that nothing is desired any more; the sequence stays.
CREATE TABLE device_desired (
  device        text PRIMARY KEY REFERENCES devices,
  fleet         text NOT NULL REFERENCES fleets,
  sequence      bigint NOT NULL CHECK (sequence >= 0),
  deployment_id uuid REFERENCES deployments,
  version_id    uuid REFERENCES versions,
  variant       text,
  bundle_sha256 text,
  policy        jsonb,
  jws           jsonb,
  issued_at     timestamptz,
  expires_at    timestamptz
);
CREATE INDEX device_desired_by_bundle ON device_desired (bundle_sha256);
CREATE INDEX device_desired_renewal ON device_desired (expires_at) WHERE jws IS NOT NULL;
`;

/** What devices tell. */
const TELEMETRY = `
-- txid lets a reader take each committed row exactly once: rows below the oldest running transaction are final.
CREATE TABLE windows (
  fleet                text NOT NULL,
  device               text NOT NULL,
  id                   uuid NOT NULL,
  started_at           timestamptz NOT NULL,
  ended_at             timestamptz NOT NULL,
  received_at          timestamptz NOT NULL DEFAULT now(),
  txid                 xid8 NOT NULL DEFAULT pg_current_xact_id(),
  model                text NOT NULL,
  version              text NOT NULL,
  bundle_sha256        text NOT NULL,
  shadow_bundle_sha256 text,
  body                 jsonb NOT NULL,
  PRIMARY KEY (device, id, started_at)
) PARTITION BY RANGE (started_at);
CREATE INDEX windows_page ON windows (device, started_at, id);
CREATE INDEX windows_by_txid ON windows (txid);
-- Rows outside of the daily partitions: what comes late, or before the day's partition was made.
CREATE TABLE windows_default PARTITION OF windows DEFAULT;

CREATE TABLE device_events (
  device      text NOT NULL REFERENCES devices,
  id          uuid NOT NULL,
  at          timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  kind        text NOT NULL,
  body        jsonb NOT NULL,
  PRIMARY KEY (device, id)
);
CREATE INDEX device_events_page ON device_events (device, at, id);
-- Swept by our own clock: a device's may be years ahead.
CREATE INDEX device_events_age ON device_events (received_at);
`;

/** The ledger, and what makes delivery and repetition safe. */
const LEDGER_AND_DELIVERY = `
CREATE TABLE audit_entries (
  id      bigserial PRIMARY KEY,
  fleet   text NOT NULL REFERENCES fleets,
  at      timestamptz NOT NULL DEFAULT now(),
  actor   text NOT NULL,
  action  text NOT NULL,
  subject text NOT NULL,
  detail  jsonb NOT NULL
);
CREATE INDEX audit_entries_page ON audit_entries (fleet, id);

CREATE TABLE outbox (
  id           bigserial PRIMARY KEY,
  kind         text NOT NULL,
  key          text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  available_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_due ON outbox (available_at, id);

CREATE TABLE published_chunks (
  fleet        text NOT NULL REFERENCES fleets,
  sha256       text NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (fleet, sha256)
);

-- A null status is a request that still runs.
CREATE TABLE idempotency_keys (
  fleet          text NOT NULL REFERENCES fleets,
  actor          text NOT NULL,
  key            text NOT NULL,
  route          text NOT NULL,
  request_digest text NOT NULL,
  status         integer,
  response       jsonb,
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (fleet, actor, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
`;

const TABLES_NEWEST_FIRST = [
  'idempotency_keys',
  'published_chunks',
  'outbox',
  'audit_entries',
  'device_events',
  'windows',
  'device_desired',
  'rollout_events',
  'rollout_members',
  'deployments',
  'rollouts',
  'bundle_chunks',
  'version_artifacts',
  'artifacts',
  'variants',
  'versions',
  'models',
  'devices',
  'enrolment_tokens',
  'access_tokens',
  'fleets',
];

export class Initial1764000000000 implements MigrationInterface {
  readonly name = 'Initial1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [ACCESS_AND_FLEET, REGISTRY, ROLLOUTS, TELEMETRY, LEDGER_AND_DELIVERY]) {
      await runner.query(sql);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES_NEWEST_FIRST) await runner.query(`DROP TABLE ${table}`);
  }
}
