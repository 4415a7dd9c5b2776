import type { DeploymentState, MemberWait } from '@hamon/contracts';
import { duration } from './format.js';

/** What is known of a member when somebody looks. Times are ISO 8601 UTC. */
export interface MemberLook {
  /** Of its deployment; null while the ripple has not reached it. */
  readonly state: DeploymentState | null;
  readonly online: boolean;
  readonly lastSeenAt: string | null;
  readonly chunks: { readonly have: number; readonly total: number } | null;
  /** End of the newest window in which it answered a frame; null where none is known. */
  readonly lastFrameAt: string | null;
  /** The rollout stands still, and it does not switch. */
  readonly held: boolean;
}

/** A device that sends a window every ten seconds is silent after so long. */
const SILENT_SECONDS = 60;

/** What a device that has not finished waits for, in words for whoever asks why nothing happens; null where it is through. */
export function memberWait(look: MemberLook, now: Date): MemberWait | null {
  const { state, online, lastSeenAt, chunks, lastFrameAt, held } = look;
  if (state === null) return null;
  const waits = WAITS[state];
  if (waits === null) return null;
  if (!online) {
    const since =
      lastSeenAt === null ? 'has never been connected' : `offline for ${sinceText(lastSeenAt, now)}`;
    return { kind: 'connection', detail: since };
  }
  if (waits === 'download') {
    const share = chunks && chunks.total > 0 ? Math.floor((100 * chunks.have) / chunks.total) : null;
    return {
      kind: waits,
      detail: state === 'assigned' ? 'has not begun yet' : `downloads${share === null ? '' : `, ${share} %`}`,
    };
  }
  if (held && (waits === 'comparison' || state === 'self-tested')) {
    return { kind: 'resume', detail: 'is held until the rollout is resumed' };
  }
  if (waits === 'self-test') return { kind: waits, detail: 'tests the version' };
  const does = waits === 'comparison' ? 'shadows' : 'is on probation';
  if (lastFrameAt === null) return { kind: 'frames', detail: `${does} and has seen no frame` };
  if (now.getTime() - Date.parse(lastFrameAt) >= SILENT_SECONDS * 1000) {
    return { kind: 'frames', detail: `${does} and has seen no frame for ${sinceText(lastFrameAt, now)}` };
  }
  return { kind: waits, detail: waits === 'comparison' ? 'compares the versions on its frames' : does };
}

const WAITS = {
  assigned: 'download',
  downloading: 'download',
  staged: 'self-test',
  'self-tested': 'self-test',
  shadowing: 'comparison',
  active: 'probation',
  committed: null,
  'rolled-back': null,
  refused: null,
  superseded: null,
} as const satisfies Record<DeploymentState, MemberWait['kind'] | null>;

function sinceText(at: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1000));
  return duration(seconds < 120 ? seconds : Math.floor(seconds / 60) * 60);
}
