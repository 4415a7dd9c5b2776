/** Does what a Dockerfile says, in folders. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { assignmentsOf, stagesOf } from './dockerfile.mjs';
import { EXTRA_AUTHORITIES } from './base.mjs';
import { runIn } from './run-in.mjs';

const say = (text) => process.stderr.write(`check: ${text}\n`);
const PLAIN = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  DEBIAN_FRONTEND: 'noninteractive',
};

/** @returns the stages by name, each with its root and the settings of its image */
export function build({ file, context, base, work }) {
  const stages = new Map();
  for (const stage of stagesOf(readFileSync(file, 'utf8'))) {
    const parent = stages.get(stage.from);
    const root = join(work, `${basename(file, '.Dockerfile')}-${stage.name}`);
    say(`${basename(file)}: ${stage.name} from ${stage.from}`);
    rmSync(root, { recursive: true, force: true });
    execFileSync('cp', ['-a', '--reflink=auto', parent?.root ?? base, root]);
    const image = {
      root,
      env: { ...(parent?.env ?? PLAIN) },
      args: {},
      folder: parent?.folder ?? '/',
      user: parent?.user ?? 'root',
    };
    for (const step of stage.steps) carryOut(step, image, stages, context);
    stages.set(stage.name, image);
  }
  return stages;
}

function carryOut({ verb, text }, image, stages, context) {
  const act = ACTS[verb];
  if (!act) throw new Error(`it says "${verb}", which this check does not know`);
  act(text, image, stages, context);
}

const ACTS = {
  ARG: (text, image) => Object.assign(image.args, assignmentsOf(text)),
  ENV: (text, image) => Object.assign(image.env, assignmentsOf(text)),
  USER: (text, image) => (image.user = text),
  WORKDIR: (text, image) => {
    image.folder = text;
    mkdirSync(join(image.root, text), { recursive: true });
  },
  COPY: copy,
  RUN: (text, image) => {
    say(`RUN ${text}`);
    const { status, stdout } = runIn(
      image.root,
      { env: { ...image.env, ...image.args, ...trusted(image.root) }, folder: image.folder },
      ['sh', '-c', text],
    );
    if (status !== 0) throw new Error(`RUN ${text}\nended with ${status}\n${stdout.slice(-2000)}`);
  },
  VOLUME: () => undefined,
  EXPOSE: () => undefined,
  CMD: (text, image) => (image.cmd = JSON.parse(text)),
  ENTRYPOINT: (text, image) => (image.entrypoint = JSON.parse(text)),
  HEALTHCHECK: (text, image) => (image.health = JSON.parse(/CMD (\[.*)$/.exec(text)[1])),
};

const trusted = (root) =>
  existsSync(join(root, EXTRA_AUTHORITIES)) ? { NODE_EXTRA_CA_CERTS: `/${EXTRA_AUTHORITIES}` } : {};

function copy(text, { root, folder }, stages, context) {
  const [, stage, from, to] = /^(?:--from=(\S+) )?(\S+) (\S+)$/.exec(text);
  const target = join(root, to.startsWith('/') ? to : join(folder, to));
  if (stage === undefined) return copyContext(context, target);
  const source = join(stages.get(stage).root, from);
  if (!existsSync(source)) throw new Error(`COPY ${text}: there is no ${from} in ${stage}`);
  mkdirSync(dirname(target), { recursive: true });
  // A folder that is there takes what is in it.
  execFileSync('cp', ['-a', '-T', source, target]);
}

/** Tracked and new files: what .dockerignore leaves out, git does not know either. */
function copyContext(context, target) {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: context,
  });
  mkdirSync(target, { recursive: true });
  const tar = execFileSync('tar', ['-c', '--null', '--ignore-failed-read', '-T', '-'], {
    cwd: context,
    input: files,
    maxBuffer: 2 ** 30,
  });
  execFileSync('tar', ['-x', '--no-same-owner', '-C', target], { input: tar });
}
