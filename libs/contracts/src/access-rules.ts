import { isFromDevice, isToDevice, MESSAGE_NAMES, messageSpec } from './messages.js';
import { fillTemplate } from './topic-template.js';
import { desiredFilter, parseTopic, type ParsedTopic } from './topics.js';

/** Chunk subscriptions that a device may hold at once. */
export const MAX_CHUNK_SUBSCRIPTIONS = 16;

/** May this device publish to this topic? Only what devices send, below its own `device/D/`. */
export function mayPublish(fleet: string, device: string, topic: string): boolean {
  const parsed = parseTopic(topic);
  return parsed !== undefined && isFromDevice(parsed.name) && namesOnly(parsed, fleet, device);
}

/**
 * May this device subscribe to this filter? What is for it or for all devices of its fleet. A wildcard never parses; the
 * one that is allowed stands for the names of the device's own models.
 */
export function maySubscribe(fleet: string, device: string, filter: string): boolean {
  if (filter === desiredFilter(fleet, device)) return true;
  const parsed = parseTopic(filter);
  return parsed !== undefined && isToDevice(parsed.name) && namesOnly(parsed, fleet, device);
}

/** The topic names no fleet and no device but these. */
const namesOnly = (topic: ParsedTopic, fleet: string, device: string): boolean =>
  topic.fleet === fleet && (!('device' in topic) || topic.device === device);

/** One line of a broker's access list: what a device, as user name `user`, may do. */
export interface AccessRule {
  readonly access: 'read' | 'write';
  readonly topic: string;
}

/** The same rules as patterns for a broker that has its own access list; `user` is its placeholder for the user name. */
export function accessRules(fleet: string, user: string): AccessRule[] {
  const levels: Readonly<Record<string, string>> = { fleet, device: user };
  return MESSAGE_NAMES.map((name) => ({
    access: isFromDevice(name) ? 'write' : 'read',
    topic: fillTemplate(messageSpec(name).topic, (parameter) => levels[parameter] ?? '+'),
  }));
}
