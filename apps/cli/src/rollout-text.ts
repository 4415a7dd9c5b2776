import type { RolloutView, StageView } from '@hamon/contracts';
import pc from 'picocolors';
import { coloured, table } from './output.js';

const TERMINAL = new Set<RolloutView['state']>(['succeeded', 'rolled-back', 'aborted']);
export const hasEnded = (rollout: RolloutView): boolean => TERMINAL.has(rollout.state);
export const hasFailed = (rollout: RolloutView): boolean =>
  hasEnded(rollout) && rollout.state !== 'succeeded';

const BAR_WIDTH = 24;
const RUNS_NEW = ['active', 'committed'];

/** Devices that run the new version, of all devices of the rollout. */
function bar(rollout: RolloutView): string {
  const there = RUNS_NEW.reduce((sum, state) => sum + (rollout.progress[state] ?? 0), 0);
  const filled = rollout.devices === 0 ? 0 : Math.round((there / rollout.devices) * BAR_WIDTH);
  return `${pc.cyan('█'.repeat(filled))}${pc.dim('░'.repeat(BAR_WIDTH - filled))} ${there}/${rollout.devices} devices`;
}

const progressText = (progress: RolloutView['progress']): string =>
  Object.entries(progress)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${coloured(state)}`)
    .join(', ');

function stageRow(stage: StageView, index: number): string[] {
  return [
    String(index + 1),
    String(stage.devices),
    coloured(stage.state),
    stage.judgement ? coloured(stage.judgement.verdict) : '-',
    stage.judgement?.reason ?? '',
  ];
}

/** A rollout on one screen: where it stands, why, and what each gate saw. */
export function rolloutText(rollout: RolloutView): string {
  const lines = [
    `${rollout.model}@${rollout.version} (${rollout.variant})  ${coloured(rollout.state)}  ${pc.dim(rollout.id)}`,
    bar(rollout),
    progressText(rollout.progress),
  ];
  if (rollout.reason) lines.push(`${pc.bold('why')}  ${rollout.reason}`);
  lines.push('', table(['STAGE', 'DEVICES', 'STATE', 'GATE', 'REASON'], rollout.stages.map(stageRow)));
  const judged = rollout.stages.findLast(({ judgement }) => judgement !== null)?.judgement;
  if (judged) {
    lines.push(
      '',
      table(
        ['CHECK', 'VERDICT', 'EVIDENCE', 'DETAIL'],
        judged.checks.map(({ name, verdict, evidence, detail }) => [
          name,
          coloured(verdict),
          evidence,
          detail,
        ]),
      ),
    );
  }
  return lines.join('\n');
}

/** One line, for a log: what changed since the last one is visible in it. */
export function rolloutLine(rollout: RolloutView): string {
  const stage = rollout.stages[rollout.stage];
  return [
    `${rollout.model}@${rollout.version}`,
    rollout.state,
    `stage ${rollout.stage + 1}/${rollout.stages.length}${stage ? ` ${stage.state}` : ''}`,
    progressText(rollout.progress),
    rollout.reason,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
