/**
 * One capability of the control plane owns each table: it alone names it. Others ask that capability, or read what it
 * publishes (views, and read models that it alone writes), and only where they stand above it. Each table that the migrations
 * make must be listed here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import capabilities from './capabilities.cjs';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = join(ROOT, 'apps/control-plane/src');

const { CAPABILITIES } = capabilities;

const OWNED = {
  platform: ['idempotency_keys', 'instance'],
  alerts: ['webhook_deliveries'],
  audit: ['audit_entries'],
  access: ['access_tokens', 'fleets'],
  messaging: ['outbox'],
  fleet: ['devices', 'enrolment_tokens', 'former_device_keys', 'member_changes', 'fleet_policies'],
  registry: [
    'models',
    'versions',
    'variants',
    'variant_profiles',
    'unfit_variants',
    'artifacts',
    'version_artifacts',
    'bundle_chunks',
    'published_chunks',
  ],
  trust: ['device_desired', 'deployments', 'sequence_floors'],
  configuration: ['device_configs', 'device_config_assignments'],
  commands: ['device_commands'],
  compression: ['compression_jobs', 'compression_samples', 'compression_events'],
  benchmark: ['benchmarks'],
  telemetry: ['windows', 'device_events'],
  samples: ['samples', 'sample_labels', 'sample_usage', 'sample_totals'],
  rollout: ['rollouts', 'rollout_members', 'rollout_events', 'rollout_wakes'],
};

const PUBLISHED = {
  fleet: ['known_devices', 'device_slots', 'reported_deployments', 'reported_models'],
  registry: ['known_versions', 'known_variants'],
  trust: ['known_targets', 'known_deployments'],
  telemetry: ['known_windows'],
};

const ownerOf = (lists) =>
  new Map(Object.entries(lists).flatMap(([owner, names]) => names.map((name) => [name, owner])));
const owners = ownerOf(OWNED);
const publishers = ownerOf(PUBLISHED);

const filesIn = (folder, extension = '.ts') =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name));

/** What a statement reads, and what it writes; of words in prose, those that look alike are compared with known names only. */
const READS = /\b(?:FROM|JOIN|USING|ANALYZE|TABLE)\s+(?:ONLY\s+)?"?([a-z_]+)/g;
/** Further tables of one FROM: `FROM devices d, models m`. */
const COMMA_JOINS = /\bFROM\s+[a-z_]+(?:\s+(?:AS\s+)?[a-z_]+)?\s*,\s*([a-z_]+)/g;
const WRITES = /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO)\s+"?([a-z_]+)/g;
const ENTITIES = /@Entity\('([a-z_]+)'\)/g;
// TypeORM's lists name their table as a value: `from: 'devices d'`.
const LISTED = /\bfrom: ['"`]([a-z_]+)\b|^const [A-Z_]+ = [`'"]([a-z_]+) [a-z]+ (?:LEFT )?JOIN/gm;

const namesIn = (text, pattern) => [...text.matchAll(pattern)].map(([, a, b]) => a ?? b);

const broken = [];
for (const path of filesIn(SOURCES)) {
  const [folder] = relative(SOURCES, path).split('/');
  const text = readFileSync(path, 'utf8');
  const where = relative(ROOT, path);
  const written = new Set(namesIn(text, WRITES));
  for (const name of new Set(
    [READS, COMMA_JOINS, WRITES, ENTITIES, LISTED].flatMap((p) => namesIn(text, p)),
  )) {
    const owner = owners.get(name);
    if (owner !== undefined && owner !== folder) broken.push(`${where} names ${name}, a table of ${owner}`);
    const publisher = publishers.get(name);
    if (publisher === undefined || publisher === folder) continue;
    if (written.has(name)) broken.push(`${where} writes ${name}, which ${publisher} publishes`);
    if (CAPABILITIES.indexOf(folder) < CAPABILITIES.indexOf(publisher))
      broken.push(`${where} reads ${name} of ${publisher}, which stands above ${folder}`);
  }
}

const known = new Set([...owners.keys(), ...publishers.keys()]);
const made = filesIn(join(ROOT, 'migrations'))
  .filter((path) => !path.includes('/dist/'))
  .flatMap((path) =>
    namesIn(
      readFileSync(path, 'utf8'),
      /CREATE (?:OR REPLACE )?(?:UNLOGGED |MATERIALIZED )?(?:TABLE|VIEW) (?:IF NOT EXISTS )?"?([a-z_]+)/g,
    ),
  );
for (const name of new Set(made)) {
  const isPartition = made.some((table) => name.startsWith(`${table}_`) && name.endsWith('_default'));
  if (!known.has(name) && !isPartition)
    broken.push(`${name} is owned by no capability: see scripts/check-tables.mjs`);
}

const index = readFileSync(join(ROOT, 'migrations/index.ts'), 'utf8');
for (const name of readdirSync(join(ROOT, 'migrations')).filter((file) => /^\d+-.*\.ts$/.test(file))) {
  if (!index.includes(name.replace(/\.ts$/, '.js'))) broken.push(`migrations/index.ts does not list ${name}`);
}
for (const { name } of readdirSync(SOURCES, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  if (!CAPABILITIES.includes(name)) broken.push(`${name} has no place among scripts/capabilities.cjs`);
}

for (const line of broken) process.stderr.write(`${line}\n`);
process.exit(broken.length > 0 ? 1 : 0);
