import { streamsOf, type SourceConfig, type SourceOf, type StreamConfig } from '@hamon/contracts';
import { findProgram } from '../../adapters/find-program.js';
import { shellWord } from '../../service/service-step.js';
import type { Check, Patient } from '../check.js';
import { fail, ok, skip, type Finding } from '../finding.js';
import { limited } from '../limited.js';
import { lookAtFile, lookAtFolder } from '../look-at-path.js';
import { placeOfUrl } from '../place-of-url.js';
import { reach } from '../reach.js';
import { judgeSource, probeSource } from './probe-source.js';

/** Cameras, folders and programs that frames come from. */
export const sources: Check = {
  name: 'source',
  run: async (patient, signal) => {
    const configured = streamsOf(patient.config);
    const isIdle = ({ source, from }: StreamConfig): boolean => from !== undefined || source.kind === 'http';
    const idle = new Set(configured.filter(isIdle).map(({ name }) => name));
    // The agent that runs knows better: a camera may serve it alone, and its streams may come from the centre.
    const running = (patient.status?.streams ?? []).flatMap(({ name, source }) =>
      source && !(idle.has(name) && source.state === 'running') ? [{ name, source }] : [],
    );
    const shown = new Set(running.map(({ name }) => name));
    const isTakenOver = patient.status?.configuration !== undefined;
    const others = configured.filter((row) => !isIdle(row) && !shown.has(row.name) && !isTakenOver);
    if (running.length + others.length === 0) return skip('no stream takes frames by itself');
    const looked = others.map(async ({ name, source }) => ({
      ...(await limited(signal, PATIENCE_MS, (own) => look(source, patient, own))),
      about: name,
    }));
    return [
      ...running.map(({ name, source }) => ({ ...judgeSource(source, LOG), about: name })),
      ...(await Promise.all(looked)),
    ];
  },
};

/** Before the check's own time is over: one camera that is silent must not take the others' lines with it. */
const PATIENCE_MS = 8000;
const LOG = 'journalctl -u hamon-agent -n 50 --no-pager';

async function look(source: SourceConfig, patient: Patient, signal: AbortSignal): Promise<Finding> {
  switch (source.kind) {
    case 'directory':
      return lookAtFolder(source.path, 'r', patient);
    case 'drop-folder':
      return lookAtFolder(source.path, 'rw', patient);
    case 'ffmpeg':
      return lookAtCamera(source, patient, signal);
    case 'command':
      return lookAtProgram(source, patient, signal);
    case 'http':
      return skip('frames come by HTTP');
  }
}

async function lookAtCamera(
  source: SourceOf<'ffmpeg'>,
  patient: Patient,
  signal: AbortSignal,
): Promise<Finding> {
  const { url, device, file } = source;
  if (url !== undefined) {
    const reached = await reach(placeOfUrl(url), signal);
    if ('why' in reached) return fail(reached.why, reached.command);
    return probeSource(source, patient, `ffprobe -v error -show_streams ${shellWord(url)}`, signal);
  }
  const path = device ?? file;
  const found = path === undefined ? ok('') : await lookAtFile(path, patient);
  if (found.severity === 'fail') return found;
  const show = device === undefined ? 'ffmpeg -version' : `v4l2-ctl --device ${shellWord(device)} --all`;
  return probeSource(source, patient, show, signal);
}

async function lookAtProgram(
  source: SourceOf<'command'>,
  patient: Patient,
  signal: AbortSignal,
): Promise<Finding> {
  const { run, program: name = '' } = source;
  const { config, configFile = 'agent.json' } = patient;
  const command = run ?? config.allow.programs[name] ?? [];
  const [program] = command;
  if (program === undefined) {
    return fail(`allow.programs names no "${name}"`, `\${EDITOR:-vi} ${shellWord(configFile)}`);
  }
  if ((await findProgram(program)) === undefined) {
    return fail(`there is no program ${program}`, `command -v ${shellWord(program)}`);
  }
  const shown = command.map(shellWord).join(' ');
  return probeSource(source, patient, `${shown} | head -c ${source.width * source.height} | wc -c`, signal);
}
