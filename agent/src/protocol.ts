/**
 * How a device speaks with its control plane and decides what to do: no models, no bundles, no frames. For a process that
 * simulates many devices.
 */
export { AgentError } from './agent-error.js';
export { askToEnrol } from './adapters/ask-to-enrol.js';
export { askWhyShutOut } from './adapters/ask-enrolment.js';
export {
  readDeviceKey,
  readIdentity,
  writeDeviceKey,
  writeIdentity,
  type Identity,
} from './adapters/identity.js';
export { lockStateFolder } from './adapters/lock-state-folder.js';
export { MqttConnection } from './adapters/mqtt-connection.js';
export type { OutboxRecord } from './adapters/outbox.js';
export { OutboxSender } from './adapters/outbox-sender.js';
export { ServerClock } from './adapters/server-clock.js';
export { StatePaths } from './adapters/state-paths.js';
export { refuseUnencrypted } from './adapters/unencrypted.js';
export { advance, begin } from './core/advance.js';
export { desiredBy } from './core/desired-state.js';
export {
  assignedModels,
  earliestModel,
  EMPTY_STATE,
  modelIn,
  modelsOf,
  type DeviceState,
} from './core/device-state.js';
export { StoredState } from './core/migrate-state.js';
export { answering, EMPTY_MODEL, isRemoved, type ModelState, type Slot } from './core/model-state.js';
export { NOTHING_KNOWN, type Facts } from './core/facts.js';
export { foresee } from './core/foresee.js';
export { nextStep } from './core/next-step.js';
export type { Step } from './core/step.js';
export { watchLeftMs } from './core/watch.js';
export { DeviceTokens } from './device-tokens.js';
export { Events } from './events.js';
export { ManifestInbox } from './manifest-inbox.js';
export { modelKeeper, type ModelKeeper } from './model-keeper.js';
export { Reporter } from './reporter.js';
export { StateKeeper } from './state-keeper.js';
