import { resolve } from 'node:path';
import { FleetId, MAX_FILE_BYTES } from '@hamon/contracts';
import { parseWebhookSecret } from '@hamon/trust';
import { boolean, durationSeconds, httpUrl, integer, named, oneOf, secret, text, url } from './parsers.js';
import { optional, setting, type Setting } from './setting.js';

/** Every setting there is: parsing, defaults and `--help` derive from this table. */
export const SETTINGS = {
  dataDir: setting('HAMON_DATA', (value) => resolve(text(value)), {
    fallback: '.hamon',
    help: 'folder of artifacts, keys and the embedded database',
  }),
  httpHost: setting('HAMON_HTTP_HOST', text, { fallback: '127.0.0.1', help: 'address that HTTP listens on' }),
  httpPort: setting('HAMON_HTTP_PORT', integer(0, 65_535), {
    fallback: '8080',
    help: 'port of HTTP; 0 takes any free one',
  }),
  mqttHost: setting('HAMON_MQTT_HOST', text, {
    fallback: '127.0.0.1',
    help: 'address that the embedded MQTT broker listens on',
  }),
  mqttPort: setting('HAMON_MQTT_PORT', integer(0, 65_535), {
    fallback: '1883',
    help: 'port of the embedded MQTT broker; 0 takes any free one',
  }),
  publicMqttUrl: optional('HAMON_PUBLIC_MQTT_URL', url('mqtt', 'mqtts'), {
    help: 'address under which devices reach the broker, where it differs',
  }),
  behindTlsProxy: setting('HAMON_BEHIND_TLS_PROXY', boolean, {
    fallback: 'false',
    help: 'true where a proxy in front ends TLS: its X-Forwarded-* headers are believed',
  }),
  insecure: setting('HAMON_INSECURE', boolean, {
    fallback: 'false',
    help: 'true accepts addresses outside of this machine without TLS, which a start refuses otherwise',
  }),
  fleet: setting('HAMON_FLEET', named(FleetId), {
    fallback: 'default',
    help: 'fleet of the first admin token',
  }),
  adminToken: optional('HAMON_ADMIN_TOKEN', secret, {
    help: 'first admin token; without it one is made and kept in HAMON_DATA/admin-token',
  }),
  databaseUrl: optional('DATABASE_URL', url('postgres', 'postgresql'), {
    help: 'PostgreSQL 15 or newer; without it an embedded one is started',
  }),
  databaseConnections: setting('HAMON_DATABASE_CONNECTIONS', integer(10, 500), {
    fallback: '20',
    help: 'connections to the database that this process holds at most; those of all replicas must fit into its max_connections',
  }),
  mqttUrl: optional('MQTT_URL', url('mqtt', 'mqtts'), {
    help: 'MQTT 3.1.1 broker with its credentials; without it an embedded one is started',
  }),
  manifestTtlSeconds: setting('HAMON_MANIFEST_TTL', durationSeconds(60), {
    fallback: '7d',
    help: 'lifetime of a signed manifest; it is signed anew before half of it is left',
  }),
  maxArtifactBytes: setting('HAMON_MAX_ARTIFACT_BYTES', integer(1024, MAX_FILE_BYTES), {
    fallback: String(512 * 1024 * 1024),
    help: 'largest uploaded file',
  }),
  artifactGraceSeconds: setting('HAMON_ARTIFACT_GRACE', durationSeconds(60), {
    fallback: '24h',
    help: 'how long an upload that no version uses is kept',
  }),
  manifestKeyFile: optional('HAMON_MANIFEST_KEY_FILE', (value) => resolve(text(value)), {
    help: 'key that signs manifests, the same for all replicas; without it one is made and kept in HAMON_DATA/keys',
  }),
  newManifestKey: setting('HAMON_NEW_MANIFEST_KEY', boolean, {
    fallback: 'false',
    help: 'true makes a new key where HAMON_DATA/keys lost its own: every device must then enrol --renew',
  }),
  artifactsDir: optional('HAMON_ARTIFACTS', (value) => resolve(text(value)), {
    help: 'folder of artifacts, where replicas share it; without it HAMON_DATA/artifacts',
  }),
  samplesDir: optional('HAMON_SAMPLES', (value) => resolve(text(value)), {
    help: 'folder of pictures that devices sent, where replicas share it; without it HAMON_DATA/samples',
  }),
  telemetryDays: setting('HAMON_TELEMETRY_DAYS', integer(1, 3650), {
    fallback: '30',
    help: 'days for which telemetry windows and device events are kept',
  }),
  deviceWindowsMbPerDay: setting('HAMON_DEVICE_WINDOWS_MB', integer(1, 1_048_576), {
    fallback: '256',
    help: 'megabytes of telemetry windows kept of one device a day; what it sends beyond is refused',
  }),
  deviceEventsPerDay: setting('HAMON_DEVICE_EVENTS', integer(1, 10_000_000), {
    fallback: '5000',
    help: 'events kept of one device a day; what it sends beyond is refused',
  }),
  cloudIdleSeconds: setting('HAMON_CLOUD_IDLE', durationSeconds(10), {
    fallback: '10m',
    help: 'a cloud model that nobody asks for this long is unloaded',
  }),
  validations: setting('HAMON_VALIDATIONS', integer(1, 16), {
    fallback: '3',
    help: 'pushed versions validated at once; one fleet has all but one of these places',
  }),
  validationSeconds: setting('HAMON_VALIDATION_SECONDS', integer(1, 86_400), {
    fallback: '120',
    help: 'a version whose validation takes longer than this and 20 s for each variant is refused',
  }),
  validationMemoryMb: setting('HAMON_VALIDATION_MEMORY_MB', integer(256, 1_048_576), {
    fallback: '1536',
    help: "a version whose validation takes more memory is refused; a cloud model's process may take no more either",
  }),
  cloudImageMegapixels: setting('HAMON_CLOUD_IMAGE_MEGAPIXELS', integer(1, 50), {
    fallback: '24',
    help: 'a larger image is not decoded for the cloud model',
  }),
  compressionJobs: setting('HAMON_COMPRESSION_JOBS', integer(0, 16), {
    fallback: '1',
    help: 'compressions that this process runs at once; 0 leaves them to others',
  }),
  compressionMaxSeconds: setting('HAMON_COMPRESSION_MAX_SECONDS', integer(1, 86_400), {
    fallback: '3600',
    help: 'a compression that runs longer is ended',
  }),
  compressionMaxMemoryMb: setting('HAMON_COMPRESSION_MAX_MEMORY_MB', integer(64, 1_048_576), {
    fallback: '2048',
    help: 'a compression whose processes take more memory together is ended',
  }),
  publicUrl: optional('HAMON_PUBLIC_URL', httpUrl, {
    help: 'address under which people reach this API, for links in webhooks',
  }),
  webhookUrl: optional('HAMON_WEBHOOK_URL', httpUrl, {
    help: 'is told when a rollout pauses, fails, is aborted or ends; signed, see HAMON_WEBHOOK_SECRET',
  }),
  webhookSecret: optional('HAMON_WEBHOOK_SECRET', parseWebhookSecret, {
    help: 'key of the signature of webhooks (Standard Webhooks): whsec_ and base64 of 24 to 64 bytes',
  }),
  metricsToken: optional('HAMON_METRICS_TOKEN', secret, {
    help: 'bearer token that /metrics asks for; without it everybody who reaches the API may read it',
  }),
  logLevel: setting('HAMON_LOG_LEVEL', oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'), {
    fallback: 'info',
    help: 'trace, debug, info, warn, error or silent',
  }),
} as const satisfies Record<string, Setting<unknown>>;

export type ConfigValues = {
  readonly [K in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[K]['parse']>;
};
