import { streamsOf } from '@hamon/contracts';
import { shellWord } from '../../service/service-step.js';
import type { Check } from '../check.js';
import { fail, ok, skip } from '../finding.js';

export const configuration: Check = {
  name: 'config',
  run: async ({ configFile, configFault, config }) => {
    if (configFault !== undefined) return fail(configFault, `\${EDITOR:-vi} ${shellWord(configFile ?? '')}`);
    if (configFile === undefined) return skip('no file is named: frames come by local HTTP only');
    const names = streamsOf(config).map(({ name }) => name);
    return ok(`${configFile}: ${names.length === 1 ? 'stream' : 'streams'} ${names.join(', ')}`);
  },
};
