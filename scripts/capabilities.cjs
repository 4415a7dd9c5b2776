/** The capabilities of the control plane, lowest first: a capability imports those before it only, and reads what they publish. */
const CAPABILITIES = [
  'platform',
  'alerts',
  'audit',
  'access',
  'messaging',
  'fleet',
  'registry',
  'trust',
  'configuration',
  'commands',
  'compression',
  'benchmark',
  'telemetry',
  'samples',
  'rollout',
  'inference',
];

module.exports = { CAPABILITIES };
