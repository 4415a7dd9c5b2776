import { MESSAGES, type DeviceMessageName, type MessageName } from './messages.js';
import { DeviceId, FleetId, Sha256 } from './names.js';

/** The topic of one device's message. */
export function deviceTopic(name: DeviceMessageName, fleet: string, device: string): string {
  return MESSAGES[name].topic.replace('{fleet}', fleet).replace('{device}', device);
}

/** The topic of one chunk, named by its SHA-256. */
export function chunkTopic(fleet: string, sha256: string): string {
  return MESSAGES.chunk.topic.replace('{fleet}', fleet).replace('{sha256}', sha256);
}

/** The filters under which the control plane hears every device of every fleet. */
export function serverSubscriptions(): string[] {
  return Object.values(MESSAGES)
    .filter(({ direction }) => direction === 'to-server')
    .map(({ topic }) => topic.replace(/\{[a-z0-9]+\}/g, '+'));
}

export type ParsedTopic =
  | { readonly name: DeviceMessageName; readonly fleet: string; readonly device: string }
  | { readonly name: 'chunk'; readonly fleet: string; readonly sha256: string };

const PARSERS = Object.entries(MESSAGES).map(([name, { topic }]) => ({
  name: name as MessageName,
  pattern: new RegExp(`^${topic.replace(/\{([a-z0-9]+)\}/g, '(?<$1>[^/+#]+)')}$`),
}));

/** Which message a concrete topic carries, or undefined where it is none of ours. */
export function parseTopic(topic: string): ParsedTopic | undefined {
  for (const { name, pattern } of PARSERS) {
    const groups = pattern.exec(topic)?.groups;
    if (!groups) continue;
    const { fleet, device, sha256 } = groups;
    if (!FleetId.safeParse(fleet).success || fleet === undefined) return undefined;
    if (name === 'chunk') {
      return sha256 !== undefined && Sha256.safeParse(sha256).success ? { name, fleet, sha256 } : undefined;
    }
    return device !== undefined && DeviceId.safeParse(device).success ? { name, fleet, device } : undefined;
  }
  return undefined;
}
