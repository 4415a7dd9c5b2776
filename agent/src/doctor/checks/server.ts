import type { Check, Patient } from '../check.js';
import { fail, ok, skip, warn, type Finding } from '../finding.js';
import { placeOfUrl } from '../place-of-url.js';
import { reach } from '../reach.js';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

export const server: Check = {
  name: 'server',
  run: async (patient, signal) => {
    const url = serverUrlOf(patient);
    if (url === undefined) return skip('not enrolled: there is no server to ask');
    const reached = await reach(placeOfUrl(url), signal);
    if ('why' in reached) return fail(reached.why, reached.command);
    const answer = await fetch(new URL('/v1/time', url), { signal, redirect: 'error' }).catch(
      (cause: Error) => cause,
    );
    if (answer instanceof Error || !answer.ok) {
      const why = answer instanceof Error ? answer.message : `it answers with HTTP ${answer.status}`;
      return fail(`${url} is no control plane, or not well: ${why}`, `curl -i ${url}/v1/time`);
    }
    return judgeCertificate(url, reached.certificateEnds, new Date());
  },
};

/** The configuration's, or else that of the enrolment. */
export const serverUrlOf = ({ config, identity }: Patient): string | undefined =>
  config.serverUrl ?? identity?.serverUrl;

export function judgeCertificate(url: string, ends: Date | undefined, now: Date): Finding {
  if (!ends) return ok(`${url} answers`);
  const days = Math.floor((ends.getTime() - now.getTime()) / DAY_MS);
  const says = `${url} answers; its certificate is good for ${days} days`;
  const { host, port } = placeOfUrl(url);
  return days < SOON_DAYS
    ? warn(says, `openssl s_client -connect ${host}:${port} </dev/null | openssl x509 -noout -dates`)
    : ok(says);
}
