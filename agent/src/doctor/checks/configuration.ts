import { streamsOf } from '@hamon/contracts';
import type { AgentStatus } from '../../agent-status.js';
import { shellWord } from '../../service/service-step.js';
import type { Check, Patient } from '../check.js';
import { fail, ok, skip, warn, type Finding } from '../finding.js';

/** What the device's own file says, and what became of the centre's last word. */
export const configuration: Check = {
  name: 'config',
  run: async (patient) => {
    const sent = patient.status?.configuration;
    return [ofFile(patient), ...(sent ? [ofCentre(sent)] : [])];
  },
};

function ofFile({ configFile, configFault, config }: Patient): Finding {
  if (configFault !== undefined) return fail(configFault, `\${EDITOR:-vi} ${shellWord(configFile ?? '')}`);
  if (configFile === undefined) return skip('no file is named: frames come by local HTTP only');
  const names = streamsOf(config).map(({ name }) => name);
  return ok(`${configFile}: ${names.length === 1 ? 'stream' : 'streams'} ${names.join(', ')}`);
}

function ofCentre({ state, reason, needsRestart = [] }: NonNullable<AgentStatus['configuration']>): Finding {
  const about = 'from the centre';
  if (state === 'reverted' || state === 'rejected') {
    const why = reason === null ? '' : `: ${reason.detail}`;
    return warn(`${state === 'reverted' ? 'gone back from' : 'refused'}${why}`, 'hamon-agent status', about);
  }
  const later = needsRestart.length === 0 ? '' : `; ${needsRestart.join(', ')} after a restart`;
  return ok(`${state === 'trial' ? 'on trial' : 'in use'}${later}`, about);
}
