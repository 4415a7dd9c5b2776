import type { DeviceEvent } from '@hamon/contracts';
import type { HostExit } from '@hamon/inference';
import type { ModelKeeper } from '../model-keeper.js';
import { reasonFor } from './child.js';
import type { ModelProcesses, Role } from './model-processes.js';
import type { RunMemory } from './run-memory.js';
import type { DeviceNews } from './runner-context.js';

export interface ProcessEndParts {
  readonly keeper: ModelKeeper;
  readonly processes: ModelProcesses;
  readonly memory: RunMemory;
  readonly tell: (kind: DeviceEvent['kind'], news: DeviceNews) => void;
}

/** What the end of a process means depends on the slot that it served. */
export function noteProcessEnd(
  role: Role | undefined,
  exit: HostExit,
  { keeper, processes, memory, tell }: ProcessEndParts,
): void {
  const { state } = keeper;
  const code = exit.code === 'worker-hung' ? 'worker-hung' : 'worker-crashed';
  const reason = reasonFor(code, exit.detail);
  const version = role ? (state.slots[role]?.version ?? null) : null;
  tell(code, { version, reason, detail: role ?? 'leaving' });
  switch (role) {
    case 'current':
      memory.crash(reason);
      // In probation the first crash is one too many.
      if (state.deployment?.state === 'active') memory.fail(state, reason);
      processes.serve(state);
      break;
    case 'candidate':
      memory.fail(state, reason);
      break;
    case 'previous':
      processes.shadow(null, null);
      void keeper.force((now) => ({ ...now, watch: null }));
      break;
    case undefined:
      break;
  }
}
