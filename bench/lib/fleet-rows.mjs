import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { MAX_MODELS } from '../../libs/contracts/dist/index.js';
import { bundleDocument, tinyModel } from '../../libs/testing/dist/index.js';

/** Pushes and releases `tiny@version`; answers it as a device that runs it would report it. */
export async function release(api, version, seed) {
  const model = tinyModel({ bias: new Float32Array([seed, 0, 0]) });
  const sha256 = createHash('sha256').update(model).digest('hex');
  await api('PUT', `/v1/artifacts/${sha256}`, model);
  await api('POST', '/v1/models', { name: 'tiny', task: 'classification' }).catch(() => undefined);
  const bundle = bundleDocument({ version });
  const files = [{ path: bundle.variants[0].file, sha256, length: model.length }];
  const { variants } = await api('POST', '/v1/models/tiny/versions', { version, bundle, files });
  await api('POST', `/v1/models/tiny/versions/${version}/release`);
  return { model: 'tiny', version, variant: 'fp32', bundle: variants[0].bundle, sequence: 1 };
}

const POLL_MS = 250;

const FACTS = {
  arch: 'arm64',
  platform: 'linux',
  cores: 4,
  memoryMb: 4096,
  node: '20.19.0',
  onnxruntime: '1.30.0',
  accelerators: [],
  agent: '0.1.0',
};

/**
 * Makes `count` devices by SQL. They run `current`, are connected, and were heard an hour from now: no sweeper forgets
 * them. One in a hundred carries the label `rare`.
 */
export async function populate(database, current, count) {
  const [{ id: fleet }] = await database.query('SELECT id FROM fleets LIMIT 1');
  const tokenId = randomUUID();
  await database.query(
    `INSERT INTO enrolment_tokens (id, fleet, hash, uses_left, expires_at, labels) VALUES ($1, $2, 'bench', 0, now(), '{}')`,
    [tokenId, fleet],
  );
  const reported = {
    ...{
      schema: 'hamon.reported/2',
      facts: FACTS,
      orders: ['hold', 'withdraw', 'unassign'],
      rejection: null,
    },
    ...{ maxModels: MAX_MODELS, floor: 0, frames: { accepted: 0, answered: 0, skipped: 0 }, models: [] },
  };
  await database.query(
    `INSERT INTO devices (id, fleet, public_key, thumbprint, enrolment_token, labels, facts, online, online_since,
                          last_seen_at, heard_at, reported, max_models)
     SELECT 'cam-' || lpad(n::text, 6, '0'), $1, jsonb_build_object('kty', 'OKP', 'crv', 'Ed25519', 'x', md5(n::text)),
            md5(n::text), $2,
            jsonb_build_object('site', 'site-' || n % 20, 'line', (n % 7)::text)
              || CASE WHEN n % 100 = 0 THEN '{"rare":"yes"}'::jsonb ELSE '{}' END,
            $3, true, now(), now() + interval '1 hour', now() + interval '1 hour',
            $4::jsonb || jsonb_build_object('device', 'cam-' || lpad(n::text, 6, '0')), $5
     FROM generate_series(1, $6::int) AS n`,
    [fleet, tokenId, FACTS, reported, MAX_MODELS, count],
  );
  await database.query(
    `INSERT INTO reported_models (device, model, highest_sequence) SELECT id, $1, $2 FROM devices`,
    [current.model, current.sequence],
  );
  await runAll(database, current);
  await settle(database);
}

/** Every device says that it runs this version, in the report and in what is read of it. */
export async function runAll(database, current) {
  const { model, version, variant, bundle, sequence } = current;
  const report = {
    ...{ model, slots: { current, previous: null, candidate: null }, deployment: null },
    ...{ rejection: null, rejected: null, highestSequence: sequence, proof: null },
  };
  await database.query(`UPDATE devices SET reported = jsonb_set(reported, '{models}', $1)`, [
    JSON.stringify([report]),
  ]);
  await database.query(
    `INSERT INTO device_slots (device, model, slot, version, variant, bundle_sha256, sequence)
     SELECT id, $1, 'current', $2, $3, $4, $5 FROM devices
     ON CONFLICT (device, model, slot) DO UPDATE
       SET version = excluded.version, variant = excluded.variant, bundle_sha256 = excluded.bundle_sha256,
           sequence = excluded.sequence`,
    [model, version, variant, bundle, sequence],
  );
}

/** Every device is done with what was wanted of it, and nothing waits to be said. */
export async function settle(database) {
  await database.query(`DELETE FROM outbox`);
  await database.query(`VACUUM ANALYZE`);
}

/** Waits until a rollout that was aborted is over, every device saying that it heard, and forgets what is left to publish. */
export async function endAborted(api, database, rollout) {
  do {
    await hearAll(database);
    await delay(POLL_MS);
  } while ((await api('GET', `/v1/rollouts/${rollout}`)).endedAt === null);
  await settle(database);
}

/** Every device says that it did what its newest manifests ask for: an abort waits for those that are connected. */
export async function hearAll(database) {
  await database.query(`UPDATE deployments SET state = 'committed', ended_at = now() WHERE ended_at IS NULL`);
  await database.query(
    `UPDATE reported_models m SET highest_sequence = w.sequence
     FROM device_desired w WHERE (w.device, w.model) = (m.device, m.model)`,
  );
}
