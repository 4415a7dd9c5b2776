import { ControlPlaneError } from '../platform/errors.js';

/** Keys that selectors or device lists know as facts: a label of the same name would give one word two meanings. */
const FACT_KEYS = ['id', 'arch', 'platform', 'cores', 'online', 'retired', 'health', 'trouble'] as const;

export function refuseReservedLabels(labels: Readonly<Record<string, unknown>>): void {
  const errors = FACT_KEYS.filter((key) => Object.hasOwn(labels, key)).map((key) => ({
    field: `labels.${key}`,
    rule: `"${key}" is a fact of the device and cannot be a label`,
  }));
  const [first] = errors;
  if (first) throw new ControlPlaneError('invalid-request', `${first.field}: ${first.rule}`, { errors });
}
