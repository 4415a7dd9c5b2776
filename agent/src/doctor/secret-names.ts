import { SecretRef, type DeviceConfig } from '@hamon/contracts';

/** Each secret that the configuration names, wherever it does. */
export function secretNames(config: DeviceConfig): readonly string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const ref = SecretRef.safeParse(value);
    if (ref.success) names.add(ref.data.secret);
    else Object.values(value).forEach(visit);
  };
  visit(config);
  return [...names].sort();
}
