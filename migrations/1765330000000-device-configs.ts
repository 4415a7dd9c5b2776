import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = `
  id, fleet, labels, facts, enrolled_at, retired_at, online, online_since, connection, last_seen_at, max_models,
  coalesce(reported -> 'orders' ? 'hold', false) AS knows_hold,
  coalesce(reported -> 'orders' ? 'withdraw', false) AS knows_withdraw,
  coalesce(reported -> 'orders' ? 'unassign', false) AS knows_unassign`;

/** Configurations that are sent to devices, and what else is asked of them at once. */
export class DeviceConfigs1765330000000 implements MigrationInterface {
  readonly name = 'DeviceConfigs1765330000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE VIEW known_devices AS
      SELECT ${COLUMNS},
             coalesce(reported -> 'orders', '[]') AS abilities,
             reported -> 'configuration' AS configuration
      FROM devices;

      CREATE TABLE device_commands (
        id              uuid PRIMARY KEY,
        fleet           text NOT NULL REFERENCES fleets,
        device          text NOT NULL REFERENCES devices,
        kind            text NOT NULL CHECK (kind IN ('logs', 'restart')),
        state           text NOT NULL CHECK (state IN
                          ('requested', 'accepted', 'succeeded', 'refused', 'expired', 'cancelled')),
        requested_at    timestamptz NOT NULL,
        -- Later for each further command to the device.
        issued_at       timestamptz NOT NULL,
        expires_at      timestamptz NOT NULL,
        ended_at        timestamptz,
        reason          jsonb,
        lines           jsonb,
        -- The command that the device is to be told; null once it has answered.
        jws             jsonb,
        -- When, and on which of its connections, the device was told.
        told_at         timestamptz,
        told_connection uuid,
        CHECK ((state IN ('requested', 'accepted')) = (ended_at IS NULL))
      );
      CREATE UNIQUE INDEX device_commands_open ON device_commands (device, kind) WHERE ended_at IS NULL;
      CREATE INDEX device_commands_page ON device_commands (device, requested_at, id);
      CREATE INDEX device_commands_lines ON device_commands (ended_at) WHERE lines IS NOT NULL;

      CREATE TABLE device_configs (
        id            uuid PRIMARY KEY,
        fleet         text NOT NULL REFERENCES fleets,
        -- Counts the fleet's configurations.
        version       integer NOT NULL CHECK (version > 0),
        selector      text NOT NULL,
        -- Null takes back what was sent before.
        config        jsonb,
        digest        text NOT NULL,
        trial_seconds integer NOT NULL,
        created_at    timestamptz NOT NULL,
        created_by    text NOT NULL,
        UNIQUE (fleet, version)
      );

      CREATE TABLE device_config_assignments (
        device      text NOT NULL REFERENCES devices,
        -- Only ever up, whichever database signs: it follows the time.
        sequence    bigint NOT NULL CHECK (sequence > 0),
        fleet       text NOT NULL REFERENCES fleets,
        config_id   uuid NOT NULL REFERENCES device_configs,
        state       text NOT NULL CHECK (state IN
                      ('assigned', 'trial', 'applied', 'reverted', 'rejected', 'superseded', 'withdrawn')),
        reason      jsonb,
        issued_at   timestamptz NOT NULL,
        reported_at timestamptz,
        PRIMARY KEY (device, sequence)
      );
      -- What is published to the device: its newest.
      CREATE UNIQUE INDEX device_config_assignments_open ON device_config_assignments (device)
        WHERE state <> 'superseded';
      CREATE INDEX device_config_assignments_config ON device_config_assignments (config_id, device, sequence);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE device_config_assignments, device_configs, device_commands;
      DELETE FROM outbox WHERE kind = 'config';
      DROP VIEW known_devices;
      CREATE VIEW known_devices AS SELECT ${COLUMNS} FROM devices;
    `);
  }
}
