import { describe, expect, test } from 'vitest';
import { ConfigError, describeSettings, readConfig } from '../../src/platform/config/read-config.js';
import { SETTINGS } from '../../src/platform/config/settings.js';

describe('readConfig', () => {
  test('has a default for everything that must be there', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      httpHost: '127.0.0.1',
      httpPort: 8080,
      mqttPort: 1883,
      fleet: 'default',
      manifestTtlSeconds: 7 * 86_400,
      logLevel: 'info',
    });
    expect(config.dataDir).toMatch(/^\/.*\.hamon$/);
    expect(config.databaseUrl).toBeUndefined();
  });

  test('reads what is set', () => {
    const config = readConfig({
      HAMON_HTTP_PORT: '0',
      HAMON_MANIFEST_TTL: '90s',
      DATABASE_URL: 'postgresql://u:p@db/hamon',
      MQTT_URL: 'mqtts://u:p@broker:8883',
      PATH: '/bin',
    });
    expect(config.httpPort).toBe(0);
    expect(config.manifestTtlSeconds).toBe(90);
    expect(config.databaseUrl).toBe('postgresql://u:p@db/hamon');
    expect(config.mqttUrl).toBe('mqtts://u:p@broker:8883');
  });

  test.each([
    ['HAMON_HTPP_PORT', '1', /^HAMON_HTPP_PORT is not a setting/],
    ['HAMON_HTTP_PORT', '99999', /^HAMON_HTTP_PORT must be a whole number from 0 to 65535\.$/],
    ['HAMON_HTTP_PORT', '8e3', /^HAMON_HTTP_PORT must be a whole number/],
    ['HAMON_MANIFEST_TTL', '7 days', /^HAMON_MANIFEST_TTL must be a duration like/],
    ['HAMON_MANIFEST_TTL', '1s', /^HAMON_MANIFEST_TTL must be a duration .* of 60 seconds or more/],
    ['HAMON_FLEET', 'Big Fleet', /^HAMON_FLEET is refused: fleet must be/],
    ['HAMON_ADMIN_TOKEN', 'short', /^HAMON_ADMIN_TOKEN must be 20-200 of/],
    ['HAMON_LOG_LEVEL', 'loud', /^HAMON_LOG_LEVEL must be one of trace, debug/],
    ['HAMON_DATA', '', /^HAMON_DATA must not be empty/],
    ['HAMON_BEHIND_TLS_PROXY', 'yes', /^HAMON_BEHIND_TLS_PROXY must be one of true, false/],
    [
      'DATABASE_URL',
      'mysql://db',
      /^DATABASE_URL must be a URL that begins with postgres:\/\/ or postgresql:\/\//,
    ],
    ['MQTT_URL', 'broker', /^MQTT_URL must be a URL/],
    [
      'HAMON_HTTP_HOST',
      '0.0.0.0',
      /^HAMON_HTTP_HOST=0\.0\.0\.0 would serve HTTP without TLS .*HAMON_INSECURE/,
    ],
    ['HAMON_MQTT_HOST', '::', /^HAMON_MQTT_HOST=:: would serve MQTT without TLS .*HAMON_BEHIND_TLS_PROXY/],
    [
      'MQTT_URL',
      'mqtt://hamon:secret@broker',
      /^MQTT_URL names a broker [a-z ]*without TLS: use mqtts(?!.*secret)/,
    ],
    ['HAMON_WEBHOOK_SECRET', 'whsec_c2hvcnQ=', /^HAMON_WEBHOOK_SECRET must be whsec_ and base64 of 24 to 64/],
    ['HAMON_WEBHOOK_URL', 'https://x/y', /^HAMON_WEBHOOK_URL and HAMON_WEBHOOK_SECRET need each other/],
    [
      'HAMON_WEBHOOK_URL',
      'https://hamon:secret@x/y',
      /^HAMON_WEBHOOK_URL must hold no user name or password(?!.*secret)/,
    ],
    [
      'HAMON_PUBLIC_URL',
      'https://:secret@x',
      /^HAMON_PUBLIC_URL must hold no user name or password(?!.*secret)/,
    ],
    ['HAMON_PUBLIC_MQTT_URL', 'mqtt://10.0.0.7', /^HAMON_PUBLIC_MQTT_URL names a broker .* without TLS/],
  ])('%s=%s stops the start with one sentence', (name, value, sentence) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(sentence);
  });

  test('sends webhooks outside of this machine only by TLS', () => {
    const webhook = (url: string) => ({
      HAMON_WEBHOOK_URL: url,
      HAMON_WEBHOOK_SECRET: 'whsec_plJ3nmyCDGBKInavdOK15jslplJ3nmyCDGBKInavdOK15jsl',
    });
    expect(() => readConfig(webhook('http://10.0.0.7/hooks'))).toThrow(/HAMON_WEBHOOK_URL .* use https/);
    for (const url of ['https://10.0.0.7/hooks', 'http://127.0.0.1:9000/hooks']) {
      expect(() => readConfig(webhook(url))).not.toThrow();
    }
  });

  test.each([
    [{ HAMON_HTTP_HOST: '0.0.0.0', HAMON_MQTT_HOST: '0.0.0.0', HAMON_INSECURE: 'true' }],
    [{ HAMON_HTTP_HOST: '0.0.0.0', HAMON_MQTT_HOST: '0.0.0.0', HAMON_BEHIND_TLS_PROXY: 'true' }],
    [{ HAMON_HTTP_HOST: '::1', MQTT_URL: 'mqtt://u:p@[::1]:1883', HAMON_MQTT_HOST: '0.0.0.0' }],
    [{ HAMON_HTTP_HOST: 'localhost', HAMON_PUBLIC_MQTT_URL: 'mqtts://broker:8883' }],
  ])('accepts %j', (env) => {
    expect(() => readConfig(env)).not.toThrow();
  });

  test('leaves the variables of the other programs alone', () => {
    expect(() =>
      readConfig({ HAMON_SERVER: 'http://x', HAMON_TOKEN: 't', HAMON_TEST_RUN: '/x' }),
    ).not.toThrow();
  });

  test('help lists every setting with its default', () => {
    for (const { name, fallback } of Object.values(SETTINGS)) {
      expect(describeSettings()).toContain(name);
      if (fallback !== undefined) expect(describeSettings()).toContain(`[${fallback}]`);
    }
  });
});
