import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import {
  configSecrets,
  mapConfigPaths,
  secretVariable,
  type ConfigReason,
  type DeviceConfig,
  type NamedSecret,
  type PushedConfig,
} from '@hamon/contracts';

/** What a device lets a configuration from the centre use of the machine. */
export interface Allowance {
  readonly allow: DeviceConfig['allow'];
  /** What relative paths are relative to; always allowed. */
  readonly shared: string;
}

/** The same configuration with its relative paths in the shared folder. */
export const placePushed = (config: PushedConfig, { shared }: Pick<Allowance, 'shared'>): PushedConfig =>
  mapConfigPaths(config, (path) => resolve(shared, path));

/**
 * What it would use and may not; undefined where all is allowed. The centre may have been stolen: nothing of the machine is
 * read, written, deleted or run for it that its own file does not name. Links count as where they lead to.
 *
 * @param config with its paths placed
 */
export async function whatIsForbidden(
  config: PushedConfig,
  { allow, shared }: Allowance,
): Promise<ConfigReason | undefined> {
  const program = [config.source, ...config.streams.map(({ source }) => source)].find(
    (source) => source?.kind === 'command' && !Object.hasOwn(allow.programs, source.program ?? ''),
  );
  if (program?.kind === 'command') {
    return forbid(`program "${program.program ?? ''}" is none of the device's allow.programs`);
  }
  const misused = configSecrets(config).find((named) => !isFor(named, allow.secrets));
  if (misused) {
    const { field, secret, host = 'no address' } = misused;
    return forbid(`${field.join('.')}: the device's allow.secrets lets "${secret}" not be used for ${host}`);
  }
  const paths: { readonly path: string; readonly field: string }[] = [];
  mapConfigPaths(config, (path, field) => {
    paths.push({ path, field: field.join('.') });
    return path;
  });
  const folders = [shared, ...allow.folders];
  const real = await Promise.all(folders.map((folder) => whereItLeads(folder)));
  for (const { path, field } of paths) {
    const isNamed = folders.some((folder) => isWithin(folder, resolve(path)));
    const led = await whereItLeads(path);
    if (isNamed && real.some((folder) => isWithin(folder, led))) continue;
    return forbid(`${field}: ${path} lies in none of the device's allow.folders`);
  }
  return undefined;
}

/** Another spelling that finds the same secret is the same one. */
function isFor({ secret, host }: NamedSecret, listed: DeviceConfig['allow']['secrets']): boolean {
  const same = Object.keys(listed).filter((name) => secretVariable(name) === secretVariable(secret));
  return same.every((name) => listed[name]?.some((allowed) => allowed.toLowerCase() === host));
}

const forbid = (detail: string): ConfigReason => ({
  code: 'config-not-allowed',
  detail: detail.slice(0, 500),
});

/** Links resolved, as far as the path exists. */
async function whereItLeads(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await realpath(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : resolve(await whereItLeads(parent), relative(parent, whole));
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
