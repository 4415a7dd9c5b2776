import { availableMemory } from 'node:process';
import type { Logger } from 'pino';
import type { Identity } from '../adapters/identity.js';
import { ServerClock } from '../adapters/server-clock.js';
import { Conditions } from '../conditions.js';
import type { DeviceConfig as AgentConfig } from '@hamon/contracts';
import type { DeviceState } from '../core/device-state.js';
import { FrameCounters } from '../data/frame-counters.js';
import { DeviceTokens } from '../device-tokens.js';
import { Events } from '../events.js';
import { makeNotices, type Notices } from '../notices.js';
import { limitByCgroup } from '../machine/cgroup-limit.js';
import { MachineMonitor } from '../machine/machine-monitor.js';
import { SampleBoard } from '../samples/sample-board.js';
import { StreamBoard } from '../stream-board.js';
import { StateKeeper } from '../state-keeper.js';
import { addressesOf, type Addresses, type AgentOptions, type StateFolder } from './open-state-folder.js';

/** What all parts of an agent share: who the device is, what it knows, and how it says so. */
export interface Device extends Addresses {
  readonly identity: Identity;
  /** What the agent was started with; its streams may have changed since. */
  readonly config: AgentConfig;
  readonly log: Logger;
  readonly notices: Notices;
  readonly keeper: StateKeeper<DeviceState>;
  readonly clock: ServerClock;
  /** By which whatever happens now is dated. */
  readonly now: () => Date;
  readonly tokens: DeviceTokens;
  readonly events: Events;
  readonly tell: Events['tell'];
  readonly conditions: Conditions;
  readonly counters: FrameCounters;
  readonly streams: StreamBoard;
  readonly samples: SampleBoard;
  /** Busy processors, heat, energy. */
  readonly machine: MachineMonitor;
  /** What models may still take of the machine's memory. */
  readonly availableMemoryMb: () => number;
}

const machineMemoryMb = (): number => availableMemory() / 1024 ** 2;

export async function makeDevice(
  { identity, key, state, store, outbox, configuration }: StateFolder,
  { log, availableMemoryMb = machineMemoryMb, sysFolder: sys = '/sys' }: AgentOptions,
): Promise<Device> {
  const { startedWith: config } = configuration;
  const addresses = addressesOf(config, identity);
  const notices = makeNotices();
  const { stateChanged, recordAdded, conditionsChanged } = notices;
  const clock = new ServerClock(addresses.serverUrl);
  const now = (): Date => clock.stamp();
  const events = new Events(identity.device, outbox, log, recordAdded.emit, now);
  const conditions = new Conditions(now, conditionsChanged.emit);
  const { resources } = config;
  const machine = await MachineMonitor.open({
    ...{ sys, resources, log, tellCondition: conditions.tell },
    limitCpu: limitByCgroup,
  });
  return {
    ...{ machine, conditions },
    ...{ ...addresses, identity, config, log, notices, clock, now, events, availableMemoryMb },
    keeper: new StateKeeper(state, store, stateChanged.emit),
    tokens: new DeviceTokens(identity, key, clock),
    tell: events.tell.bind(events),
    counters: new FrameCounters(),
    streams: new StreamBoard(),
    samples: new SampleBoard(),
  };
}
