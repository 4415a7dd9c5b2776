import { DEFAULT_DEVICE_POLICY, GatePolicy, type AnswerOf, type TelemetryWindow } from '@hamon/contracts';
import {
  collectWindow,
  decide,
  type Command,
  emptyEvidence,
  firstNewPosition,
  hasEnded,
  pooledEvidence,
  startRollout,
  type ObservedMember,
  type Rollout,
  type StageEvidence,
} from '@hamon/rollout';
import { LatencySketchBuilder, seededRandom } from '@hamon/stats';
import { taskNamed } from '@hamon/tasks';
import type { Answers } from './answer-images.js';

const CANDIDATE = 'c'.repeat(64);
const FORMER = 'f'.repeat(64);
const TARGET = { variant: 'fp32', bundle: CANDIDATE };
const ORIGIN = { variant: 'fp32', hardwareClass: 'played' };
const FRAMES_PER_SECOND = 10;
const WINDOW_SECONDS = 2;
const SHADOW_FRAMES = DEFAULT_DEVICE_POLICY.shadow.minFrames;

export interface PlayedRollout {
  readonly rollout: Rollout;
  readonly touched: number;
  /** By the task's own measure, at the end of each stage; null where nothing was compared. */
  readonly agreements: readonly (number | null)[];
  readonly seconds: number;
}

/**
 * A rollout over three stages in simulated time, on answers that real models gave. Each device plays a seeded shuffle of
 * the images at 10 frames a second, shadows for as many frames as a manifest asks for, activates, and goes on with the
 * former version as shadow. The devices refuse nothing by themselves: the gate alone is asked.
 */
export function playRollout(current: Answers, candidate: Answers, seed: number): PlayedRollout {
  const stages = [1, 3, 6];
  const { task } = current.bundle;
  const { comparisons } = taskNamed(task);
  const start = Date.UTC(2026, 2, 1);
  let rollout = startRollout(
    'played',
    {
      ...{ model: 'm', task, version: '2.0.0', budgetP95Ms: 50 },
      targets: [{ ...TARGET, choice: 'given', hardwareClasses: [ORIGIN.hardwareClass], devices: 6 }],
      ...{ stages, watchSeconds: 20, approve: 'auto', maxParallel: null },
      gate: GatePolicy.parse({}),
    },
    new Date(start),
  );
  const devices = Array.from(
    { length: 6 },
    (_, position) => new PlayedDevice(current, candidate, position, seed * 100 + position),
  );
  let evidence: StageEvidence = emptyEvidence(0);
  const agreements: (number | null)[] = stages.map(() => null);
  for (let seconds = 0; seconds < 3600; seconds += WINDOW_SECONDS) {
    const now = new Date(start + seconds * 1000);
    const { stage } = rollout.status;
    if (evidence.stage !== stage) evidence = emptyEvidence(stage);
    for (const device of devices) {
      const window = device.play(now);
      const fresh = device.position >= firstNewPosition(rollout);
      const orientation = { model: 'm', task, candidateBundle: CANDIDATE, fresh };
      if (device.isTouched) evidence = collectWindow(evidence, window, ORIGIN, orientation);
    }
    const { compared } = pooledEvidence(evidence.groups);
    if (compared) agreements[stage] = comparisons.agreement(compared);
    const decision = decide(rollout, { members: devices.map((device) => device.observed()), evidence }, now);
    rollout = decision.next;
    for (const command of decision.commands) {
      if (command.kind === 'note') continue;
      devices.find(({ name }) => name === command.device)?.take(command.kind, now);
    }
    if (hasEnded(rollout.status.state) || rollout.status.state === 'paused') break;
  }
  return {
    rollout,
    touched: devices.filter((device) => device.isTouched).length,
    agreements,
    seconds: (Date.parse(rollout.status.endedAt ?? '') - start) / 1000,
  };
}

class PlayedDevice {
  readonly name: string;
  private readonly order: readonly number[];
  private next = 0;
  private shadowed = 0;
  private deployment: ObservedMember['deployment'] = null;
  private revert: ObservedMember['revert'] = null;

  constructor(
    readonly current: Answers,
    readonly candidate: Answers,
    readonly position: number,
    seed: number,
  ) {
    this.name = `camera-${position}`;
    this.order = seededRandom(seed).shuffled(current.said.map((_, image) => image));
  }

  get isTouched(): boolean {
    return this.deployment !== null;
  }

  private get runsCandidate(): boolean {
    return this.deployment?.state === 'committed';
  }

  take(kind: Exclude<Command['kind'], 'note'>, now: Date): void {
    if (kind === 'assign') {
      this.deployment = { state: 'shadowing', assignedAt: now.toISOString(), reason: null };
    } else if (kind === 'revert') {
      this.revert = { state: 'committed' };
    }
  }

  observed(): ObservedMember {
    return {
      ...{
        device: this.name,
        position: this.position,
        ...TARGET,
        hardwareClass: 'arm64-4c-4g-ort1.30-asimddp',
        online: true,
        onlineSince: '2026-02-28T00:00:00.000Z',
      },
      ...{ previousBundle: FORMER, currentBundle: this.runsCandidate && !this.revert ? CANDIDATE : FORMER },
      ...{ canShadow: true, held: false, canHold: false },
      ...{ deployment: this.deployment, revert: this.revert },
    };
  }

  /** The next two seconds of frames as the window that the device would send. */
  play(now: Date): TelemetryWindow {
    const frames = FRAMES_PER_SECOND * WINDOW_SECONDS;
    const active = this.runsCandidate;
    const latency = new LatencySketchBuilder();
    const { task, output } = this.current.bundle;
    const { comparisons, summaries } = taskNamed(task);
    const pairs = comparisons.collect(output);
    for (let i = 0; i < frames; i += 1) {
      const image = this.order[this.next % this.order.length] as number;
      this.next += 1;
      const [former, latter] = [this.current.said[image] as AnswerOf, this.candidate.said[image] as AnswerOf];
      const [answering, shadow] = active ? [latter, former] : [former, latter];
      pairs.add(answering, shadow);
      latency.add(2 + (i % 5) / 10);
    }
    if (this.isTouched && !active) {
      this.shadowed += frames;
      if (this.shadowed >= SHADOW_FRAMES && this.deployment) {
        this.deployment = { ...this.deployment, state: 'committed' };
      }
    }
    const version = (bundle: string): TelemetryWindow['answering'] => ({
      ...{
        model: 'm',
        version: bundle === CANDIDATE ? '2.0.0' : '1.0.0',
        variant: 'fp32',
        bundle,
        sequence: 1,
      },
    });
    return {
      ...{ schema: 'hamon.window/2', id: '6e0f0b0e-3a1c-4a55-9d0e-6b1f3c1a7a10', device: this.name },
      ...{ stream: 'main', startedAt: new Date(now.getTime() - WINDOW_SECONDS * 1000).toISOString() },
      endedAt: now.toISOString(),
      answering: version(active ? CANDIDATE : FORMER),
      ...{ inferences: frames, errors: 0, skipped: 0, fallbacks: {} },
      // No gate looks at what one version says by itself.
      summary: summaries.collect(output).build(),
      latencyMs: latency.build(),
      rssMb: { supervisor: 90, worker: 110 },
      ...(this.isTouched && {
        shadow: {
          role: active ? ('previous' as const) : ('candidate' as const),
          version: version(active ? FORMER : CANDIDATE),
          ...{ inferences: frames, errors: 0, latencyMs: latency.build() },
          comparison: pairs.build(),
        },
      }),
    };
  }
}
