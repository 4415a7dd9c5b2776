import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Secrets } from '../../adapters/secrets.js';
import { shellWord } from '../../service/service-step.js';
import type { Check, Patient } from '../check.js';
import { fail, ok, skip, type Finding } from '../finding.js';
import { secretNames } from '../secret-names.js';

const OTHERS = 0o077;

export const secrets: Check = {
  name: 'secret',
  run: async ({ config, paths, service }) => {
    const names = secretNames(config);
    if (names.length === 0) return skip('the configuration names none');
    if (!paths) return skip(`${names.join(', ')}: looked for in a state folder, and none is named`);
    return Promise.all(names.map((name) => lookAt(name, paths.folder, service)));
  },
};

async function lookAt(name: string, stateFolder: string, service: Patient['service']): Promise<Finding> {
  const file = join(stateFolder, 'secrets', name);
  const path = shellWord(file);
  try {
    await new Secrets(stateFolder).resolve({ secret: name });
  } catch (cause) {
    const credential = service?.credentials.find((one) => one.name === name);
    if (credential) return lookAtCredential(credential);
    const as = service === undefined ? '' : ` -o ${service.user} -g ${service.user}`;
    return fail(
      (cause as Error).message,
      `sudo install -D -m 600${as} /dev/stdin ${path}    # then type it, Enter, Ctrl-D`,
      name,
    );
  }
  const mode = await stat(file).then(
    ({ mode: bits }) => bits,
    () => 0,
  );
  if ((mode & OTHERS) !== 0) return fail('others can read it', `sudo chmod 600 ${path}`, name);
  return ok('is there', name);
}

/** The service gets it from systemd; this process does not. */
async function lookAtCredential({
  name,
  file,
}: {
  readonly name: string;
  readonly file: string;
}): Promise<Finding> {
  try {
    await access(file, constants.R_OK);
    return ok(`is in ${file}, and systemd hands it over`, name);
  } catch (cause) {
    return fail(
      `systemd cannot hand it over: ${(cause as Error).message}`,
      `sudo ls -l ${shellWord(file)}`,
      name,
    );
  }
}
