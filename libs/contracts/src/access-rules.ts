import { isFromDevice, MESSAGES, messageSpec, type MessageName } from './messages.js';
import { parseTopic } from './topics.js';

/** Chunk subscriptions that a device may hold at once. */
export const MAX_CHUNK_SUBSCRIPTIONS = 16;

/** May this device publish to this topic? Only what devices send, below its own `device/D/`. */
export function mayPublish(fleet: string, device: string, topic: string): boolean {
  const parsed = parseTopic(topic);
  if (!parsed || parsed.name === 'chunk') return false;
  return parsed.fleet === fleet && parsed.device === device && isFromDevice(parsed.name);
}

/** May this device subscribe to this filter? Its own `desired` and single chunks of its fleet; a wildcard never parses. */
export function maySubscribe(fleet: string, device: string, filter: string): boolean {
  const parsed = parseTopic(filter);
  if (!parsed || parsed.fleet !== fleet) return false;
  if (parsed.name === 'chunk') return true;
  return parsed.device === device && messageSpec(parsed.name).direction === 'to-device';
}

/** One line of a broker's access list: what a device, as user name `user`, may do. */
export interface AccessRule {
  readonly access: 'read' | 'write';
  readonly topic: string;
}

/** The same rules as patterns for a broker that has its own access list; `user` is its placeholder for the user name. */
export function accessRules(fleet: string, user: string): AccessRule[] {
  return (Object.keys(MESSAGES) as MessageName[]).map((name) => {
    return {
      access: isFromDevice(name) ? 'write' : 'read',
      topic: messageSpec(name)
        .topic.replace('{fleet}', fleet)
        .replace('{device}', user)
        .replace('{sha256}', '+'),
    };
  });
}
