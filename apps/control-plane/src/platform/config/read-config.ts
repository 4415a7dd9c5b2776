import { Config } from './config.js';
import { plainTextFaults } from './plain-text.js';
import { SETTINGS, type ConfigValues } from './settings.js';
import type { Setting } from './setting.js';

/** An environment variable that is unknown or malformed; the message is one sentence that names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Hamon's other programs read these; a shell that has them set can still start the control plane. */
const OF_OTHER_PROGRAMS = /^HAMON_(SERVER|TOKEN|CONFIG|TEST_[A-Z_]+)$/;

/** @throws ConfigError */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const settings: [string, Setting<unknown>][] = Object.entries(SETTINGS);
  const known = new Set(settings.map(([, { name }]) => name));
  for (const name of Object.keys(env)) {
    if (name.startsWith('HAMON_') && !known.has(name) && !OF_OTHER_PROGRAMS.test(name)) {
      throw new ConfigError(`${name} is not a setting of the control plane; --help lists them.`);
    }
  }
  const values = settings.map(([key, { name, fallback, parse }]) => {
    const written = env[name] ?? fallback;
    if (written === undefined) return [key, undefined];
    try {
      return [key, parse(written)];
    } catch (cause) {
      throw new ConfigError(`${name} ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
    }
  });
  const config = new Config(Object.fromEntries(values) as ConfigValues);
  if ((config.webhookUrl === undefined) !== (config.webhookSecret === undefined)) {
    throw new ConfigError('HAMON_WEBHOOK_URL and HAMON_WEBHOOK_SECRET need each other: set both or none.');
  }
  const [fault] = config.insecure ? [] : plainTextFaults(config);
  if (fault !== undefined) throw new ConfigError(`${fault}, or accept it by HAMON_INSECURE=true.`);
  return config;
}

/** The settings as a table for `--help`. */
export function describeSettings(): string {
  const settings: Setting<unknown>[] = Object.values(SETTINGS);
  const width = Math.max(...settings.map(({ name }) => name.length));
  return settings
    .map(({ name, help, fallback }) => {
      const without = fallback === undefined ? '' : ` [${fallback}]`;
      return `  ${name.padEnd(width)}  ${help}${without}`;
    })
    .join('\n');
}
