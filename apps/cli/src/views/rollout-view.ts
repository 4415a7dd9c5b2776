import type { Judgement, RolloutView, StageView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { bar } from './bar.js';
import { labelChangesText } from './label-changes-text.js';
import { offlineText } from './rollout-devices.js';
import { memberStatusesText } from './member-statuses-text.js';
import { stateText } from './state-text.js';
import { cell, fields, table } from './table.js';
import { targetsText } from './targets-text.js';
import { ago, countOf, duration } from './words.js';

export function rolloutsText(colours: Colours, rollouts: readonly RolloutView[]): string {
  const rows = rollouts.map((rollout) => [
    rollout.id,
    cell(`${rollout.model}@${rollout.version}`),
    stateText(colours, rollout.state),
    `${Math.min(rollout.stage + 1, rollout.stages.length)}/${rollout.stages.length}`,
    `${rollout.devicesTouched}/${rollout.devices}`,
    ago(rollout.createdAt),
  ]);
  return table(colours, ['ROLLOUT', 'VERSION', 'STATE', 'STAGE', 'DEVICES', 'STARTED'], rows);
}

/** A rollout in a few lines: what it is, how far it is, and why it stopped where it did. */
export function rolloutText(colours: Colours, rollout: RolloutView): string {
  // Time stands still for a stage whose rollout was ended under it.
  const now = rollout.endedAt === null ? Date.now() : Date.parse(rollout.endedAt);
  const pairs: [string, string][] = [
    ['rollout', rollout.id],
    ['version', colours.bold(cell(`${rollout.model}@${rollout.version}`))],
    ['variants', targetsText(rollout.targets)],
    ['state', stateText(colours, rollout.state)],
    [
      'devices',
      `${countOf(rollout.devices, 'device')}${rollout.where ? ` where ${cell(rollout.where)}` : ''}`,
    ],
    ['progress', progressText(rollout)],
  ];
  const offline = offlineText(rollout);
  if (offline !== '') pairs.push(['offline', colours.yellow(offline)]);
  for (const [i, line] of memberStatusesText(rollout).entries()) pairs.push([i === 0 ? 'they do' : '', line]);
  const labels = labelChangesText(rollout);
  if (labels !== '') pairs.push(['labels', colours.yellow(labels)]);
  if (rollout.reason) pairs.push(['reason', cell(rollout.reason)]);
  const stages = rollout.stages.map((stage, i) => stageLine(colours, rollout, stage, i, now));
  return `${fields(colours, pairs)}\n\n${stages.join('\n')}`;
}

function progressText({ progress, devicesTouched, devices }: RolloutView): string {
  const states = Object.entries(progress)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${cell(state)}`);
  return `${devicesTouched}/${devices} reached${states.length > 0 ? `: ${states.join(', ')}` : ''}`;
}

function stageLine(
  colours: Colours,
  rollout: RolloutView,
  stage: StageView,
  at: number,
  now: number,
): string {
  const mark = MARKS[stage.state];
  const sign =
    stage.state === 'passed' ? colours.green(mark) : stage.state === 'failed' ? colours.red(mark) : mark;
  // Wide enough for the largest stage: columns never touch, however many devices there are.
  const width = Math.max(10, ...rollout.stages.map(({ devices }) => countOf(devices, 'device').length)) + 2;
  const head = `  ${sign} stage ${at + 1}  ${countOf(stage.devices, 'device').padEnd(width)}${stage.state.padEnd(10)}`;
  const underWay = stage.state === 'deploying' || stage.state === 'watching';
  return [
    `${head} ${underWay ? underWayText(colours, rollout, stage, now) : ''}`.trimEnd(),
    ...(stage.judgement ? [`      ${verdictText(colours, stage.judgement)}`] : []),
  ].join('\n');
}

const MARKS = { pending: '·', deploying: '›', watching: '›', passed: '✓', failed: '✗' } as const;

/** Stages are cumulative, and so are the counts of devices. */
function underWayText(colours: Colours, rollout: RolloutView, stage: StageView, now: number): string {
  const { active = 0, committed = 0 } = rollout.progress;
  const done = active + committed;
  const since = stage.startedAt === null ? '' : `, ${duration((now - Date.parse(stage.startedAt)) / 1000)}`;
  return `${bar(colours, done, stage.devices)} ${done}/${stage.devices} updated${since} (${watchText(rollout, stage, now)})`;
}

/** A stage that is no longer watched must not look as if time alone would advance it. */
const STANDING: Partial<Readonly<Record<RolloutView['state'], string>>> = {
  paused: 'stands still',
  'awaiting-approval': 'waits for a person',
  'rolling-back': 'going back',
  aborting: 'being ended',
  'rolled-back': 'ended',
  aborted: 'ended',
};

function watchText(
  { watchSeconds, state }: RolloutView,
  { watchEndsAt, prolonged }: StageView,
  now: number,
): string {
  const standing = STANDING[state];
  if (standing !== undefined) return standing;
  if (watchEndsAt === null) return `watch ${duration(watchSeconds)}`;
  const left = duration((Date.parse(watchEndsAt) - now) / 1000);
  return prolonged ? `watch prolonged, at most ${left} more` : `watch ${left} more`;
}

const verdictText = (colours: Colours, { verdict, reason }: Judgement): string =>
  `${stateText(colours, verdict)}${reason ? `: ${cell(reason)}` : ''}`;
