import type { RolloutView, StageView } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { bar } from './bar.js';
import { stateText } from './state-text.js';
import { cell, fields, table } from './table.js';
import { ago, countOf, duration } from './words.js';

export function rolloutsText(colours: Colours, rollouts: readonly RolloutView[]): string {
  if (rollouts.length === 0)
    return 'No rollouts yet. Start one with: hamon rollout start NAME@VERSION --where EXPR';
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
export function rolloutText(colours: Colours, rollout: RolloutView, now = Date.now()): string {
  const pairs: [string, string][] = [
    ['rollout', rollout.id],
    ['version', colours.bold(cell(`${rollout.model}@${rollout.version}`)) + ` ${cell(rollout.variant)}`],
    ['state', stateText(colours, rollout.state)],
    [
      'devices',
      `${countOf(rollout.devices, 'device')}${rollout.where ? ` where ${cell(rollout.where)}` : ''}`,
    ],
    ['progress', progressText(rollout)],
  ];
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
  const text = `stage ${at + 1}  ${countOf(stage.devices, 'device').padEnd(12)}${stage.state.padEnd(10)}`;
  return `  ${sign} ${text} ${detailOf(colours, rollout, stage, now)}`.trimEnd();
}

const MARKS = { pending: '·', deploying: '›', watching: '›', passed: '✓', failed: '✗' } as const;

function detailOf(colours: Colours, rollout: RolloutView, stage: StageView, now: number): string {
  if (stage.state === 'watching' && stage.startedAt !== null && rollout.watchSeconds > 0) {
    const seconds = (now - Date.parse(stage.startedAt)) / 1000;
    const left = rollout.watchSeconds - seconds;
    // An inconclusive gate prolongs the watch: the bar is then full and stays so.
    const rest = left > 0 ? `${duration(left)} left` : 'prolonged';
    return `${bar(colours, seconds, rollout.watchSeconds)} ${rest}${verdictText(colours, stage)}`;
  }
  return verdictText(colours, stage).trimStart();
}

function verdictText(colours: Colours, { judgement }: StageView): string {
  if (!judgement) return '';
  return `  ${stateText(colours, judgement.verdict)}${judgement.reason ? `: ${cell(judgement.reason)}` : ''}`;
}
