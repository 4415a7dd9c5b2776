import type { PlantBroker, SinkConfig, SourceConfig, TriggerConfig } from '@hamon/contracts';

type Row = SourceConfig | SinkConfig | TriggerConfig;

const ROW_PATHS = ['path', 'file'] as const;
const BROKER_PATHS = ['ca', 'certificate', 'key'] as const satisfies readonly (keyof PlantBroker)[];

/** A row of the configuration with each path in it made another. */
export function pathsIn<R extends Row>(row: R, made: (path: string) => string): R {
  const changed = changedAt(row, ROW_PATHS, made);
  if (!('broker' in changed)) return changed;
  return { ...changed, broker: changedAt(changed.broker as PlantBroker, BROKER_PATHS, made) };
}

/** The paths that a row of the configuration names. */
export function pathsOf(row: Row): string[] {
  const paths: string[] = [];
  pathsIn(row, (path) => {
    paths.push(path);
    return path;
  });
  return paths;
}

function changedAt<T extends object>(row: T, keys: readonly string[], made: (path: string) => string): T {
  const paths = Object.entries(row).filter(([key, path]) => keys.includes(key) && typeof path === 'string');
  return { ...row, ...Object.fromEntries(paths.map(([key, path]) => [key, made(path as string)])) };
}
