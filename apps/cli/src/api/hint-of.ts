import type { ApiError } from '@hamon/api-client';

/** What to do about a refusal, where the server's sentence alone may leave a person puzzled. */
const HINTS: Readonly<Record<string, string>> = {
  unreachable: 'Is the server running, and the address right?',
  unauthenticated: 'Log in with: hamon login --server URL --token TOKEN',
  'model-not-found':
    'hamon model ls lists the models; create one with: hamon model create NAME --task classification',
  'version-not-found': 'hamon model show NAME lists the versions of a model.',
  'device-not-found': 'hamon device ls lists the devices.',
  'device-retired': 'New hardware takes its id over with: hamon enrol-token create --replace ID --ttl 24h',
  'enrolment-token-not-found': 'hamon enrol-token ls lists the enrolment tokens.',
  'rollout-not-found': 'hamon rollout ls lists the rollouts.',
  'compression-not-found': 'hamon compression ls lists the compressions.',
  'sample-not-found':
    'hamon sample ls lists the samples; they are deleted after the time that the fleet policy says.',
  'policy-changed': 'Look at it again with: hamon fleet policy show',
  'no-variant-qualifies':
    'hamon model choices NAME@VERSION shows what was measured; raise --max-accuracy-drop, or name a --variant.',
  'report-refused': 'Remove report.json from the folder to push without it.',
  'version-exists': 'A version never changes: push the new bytes under a new version.',
};

/** The same for answers without problem details. */
const BARE_HINTS: Readonly<Record<number, string | undefined>> = {
  401: HINTS['unauthenticated'],
  404: 'Is this the address of a Hamon server?',
};

/** What to do about an error of the API, in words. */
export function hintOf({ code, status }: ApiError): string | undefined {
  if (code !== 'unexpected-answer') return HINTS[code];
  if (status === undefined) return 'Is the server of another version than this program?';
  if (status < 400) return undefined;
  return BARE_HINTS[status] ?? 'The log of the server may say more.';
}
