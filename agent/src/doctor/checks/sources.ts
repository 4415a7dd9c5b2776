import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { streamsOf, type SourceConfig, type SourceOf } from '@hamon/contracts';
import { shellWord } from '../../service/service-step.js';
import type { Check, Patient } from '../check.js';
import { fail, ok, skip, warn, type Finding } from '../finding.js';
import { placeOfUrl } from '../place-of-url.js';
import { reach } from '../reach.js';

/** Cameras, folders and programs that frames come from. */
export const sources: Check = {
  name: 'source',
  run: async (patient, signal) => {
    const streams = streamsOf(patient.config).filter(({ source, from }) => !from && source.kind !== 'http');
    if (streams.length === 0) return skip('no stream takes frames by itself');
    return Promise.all(
      streams.map(async ({ name, source }) => ({ ...(await look(source, patient, signal)), about: name })),
    );
  },
};

const { R_OK, W_OK, X_OK } = constants;

async function look(source: SourceConfig, patient: Patient, signal: AbortSignal): Promise<Finding> {
  switch (source.kind) {
    case 'directory':
      return lookAtFolder(source.path, R_OK | X_OK, patient);
    case 'drop-folder':
      return lookAtFolder(source.path, R_OK | W_OK | X_OK, patient);
    case 'ffmpeg': {
      const { url, device, file } = source;
      if (url !== undefined) return lookAtCamera(url, signal);
      if (device !== undefined) return lookAtFile(device, patient);
      return file === undefined ? ok('a test picture') : lookAtFile(file, patient);
    }
    case 'command':
      return lookAtProgram(source, patient);
    case 'http':
      return skip('frames come by HTTP');
  }
}

async function lookAtCamera(url: string, signal: AbortSignal): Promise<Finding> {
  const reached = await reach(placeOfUrl(url), signal);
  return 'why' in reached ? fail(reached.why, reached.command) : ok(`${url}: somebody listens there`);
}

/** As this account can; a service of another one is asked to see for itself. */
async function lookAtFolder(path: string, mode: number, { service }: Patient): Promise<Finding> {
  const list = `${as(service)}ls -ld ${shellWord(path)}`;
  try {
    await access(path, mode);
    const entries = await readdir(path);
    return entries.length === 0 ? warn(`${path} is empty`, list) : ok(`${path}, ${entries.length} entries`);
  } catch (cause) {
    return fail(whyNot(path, cause), list);
  }
}

async function lookAtFile(path: string, { service }: Patient): Promise<Finding> {
  try {
    await access(path, R_OK);
    return ok(`${path} is there`);
  } catch (cause) {
    return fail(
      whyNot(path, cause),
      path.startsWith('/dev/video') ? 'v4l2-ctl --list-devices' : `${as(service)}ls -l ${shellWord(path)}`,
    );
  }
}

async function lookAtProgram(
  { run, program: name = '' }: SourceOf<'command'>,
  { config, configFile = 'agent.json' }: Patient,
): Promise<Finding> {
  const [program] = run ?? config.allow.programs[name] ?? [];
  if (program === undefined) {
    return fail(`allow.programs names no "${name}"`, `\${EDITOR:-vi} ${shellWord(configFile)}`);
  }
  const folders = program.includes('/')
    ? ['']
    : (process.env['PATH'] ?? '').split(':').map((folder) => `${folder}/`);
  for (const folder of folders) {
    const isThere = await access(`${folder}${program}`, X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return ok(`${folder}${program} can be run`);
  }
  return fail(`there is no program ${program}`, `command -v ${shellWord(program)}`);
}

const as = (service: Patient['service']): string => (service ? `sudo -u ${service.user} ` : '');

function whyNot(path: string, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${path} does not exist`;
  return code === 'EACCES' ? `${path} is not open to this account` : message;
}
