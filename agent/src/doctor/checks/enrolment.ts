import { shellWord } from '../../service/service-step.js';
import type { Check } from '../check.js';
import { fail, ok, warn } from '../finding.js';

export const enrolment: Check = {
  name: 'enrolment',
  run: async ({ paths, identity, key, identityFault, service }) => {
    const as = service ? `sudo -u ${service.user} ` : '';
    const enrol = (state: string): string =>
      `${as}hamon-agent enrol --server https://SERVER --token TOKEN --state ${state}    # a token: hamon enrol-token create --uses 1 --ttl 24h`;
    if (!paths) {
      return warn(
        'this machine is no device of a fleet yet, or its state folder has to be named (--state)',
        enrol('./state'),
      );
    }
    if (identityFault !== undefined)
      return fail(identityFault, `sudo hamon-agent doctor --state ${shellWord(paths.folder)}`);
    if (!identity || !key)
      return fail(`${paths.folder} holds no enrolled device`, enrol(shellWord(paths.folder)));
    return ok(`device ${identity.device} of fleet ${identity.fleet}, with ${identity.serverUrl}`);
  },
};
