import { brokerAudience } from '@hamon/contracts';
import { signDeviceToken } from '@hamon/trust';
import { ServerClock } from '../../adapters/server-clock.js';
import { tryBroker } from '../../adapters/try-broker.js';
import { shellWord } from '../../service/service-step.js';
import type { Check, Patient } from '../check.js';
import { fail, ok, skip, type Finding } from '../finding.js';
import { placeOfUrl } from '../place-of-url.js';
import { reach } from '../reach.js';
import { serverUrlOf } from './server.js';

const LIFETIME_SECONDS = 60;

export const broker: Check = {
  name: 'broker',
  run: async (patient, signal) => {
    const { identity, status, config, paths } = patient;
    if (!identity || !paths) return skip('not enrolled: there is no broker to log in to');
    const url = config.mqttUrl ?? identity.mqttUrl;
    if (status?.shutOut) return fail(`the server shut this device out: ${status.shutOut}`, renewal(patient));
    // A second log-in under the same name would cut the agent off.
    if (status?.connected) return ok(`the agent is connected with ${url}`);
    const reached = await reach(placeOfUrl(url), signal);
    if ('why' in reached) return fail(reached.why, reached.command);
    return logIn(patient, url, signal);
  },
};

async function logIn(patient: Patient, url: string, signal: AbortSignal): Promise<Finding> {
  const { identity, key, status } = patient;
  if (!identity || !key) return skip('the device’s key cannot be read');
  if (status)
    return fail(
      `the agent is not connected with ${url}, though somebody listens there`,
      'journalctl -u hamon-agent -n 50 --no-pager',
    );
  const clock = new ServerClock(serverUrlOf(patient) ?? identity.serverUrl);
  await clock.measure(signal);
  const { device, fleet, mqttPassword } = identity;
  const request = {
    device,
    audience: brokerAudience(fleet),
    lifetimeSeconds: LIFETIME_SECONDS,
    now: clock.now(),
  };
  const password = mqttPassword ?? (await signDeviceToken(request, key));
  const refusal = await tryBroker({ ...placeOfUrl(url), device, password });
  return refusal === undefined
    ? ok(`${url} lets ${device} in`)
    : fail(`${url} does not let ${device} in: ${refusal}`, renewal(patient));
}

const renewal = ({ identity, paths }: Patient): string =>
  `hamon-agent enrol --renew --server ${identity?.serverUrl ?? 'URL'} --token TOKEN --state ${shellWord(paths?.folder ?? '')}`;
