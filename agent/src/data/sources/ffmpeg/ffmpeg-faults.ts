import type { Fault, FaultKind } from '../program/fault.js';

interface FaultRow {
  readonly sign: RegExp;
  readonly kind: FaultKind;
  /** @param from what is asked for frames, as people know it */
  readonly says: (from: string, found: RegExpExecArray) => string;
}

const row = (sign: RegExp, kind: FaultKind, says: FaultRow['says']): FaultRow => ({ sign, kind, says });

/** The first that fits any of the lines counts: a message of a library says more than the program's last words. */
const FAULTS: readonly FaultRow[] = [
  row(
    /401 Unauthorized|authorization failed/,
    'refused',
    (from) => `${from} refuses user or password (401): correct "user" or the secret of "password"`,
  ),
  row(
    /403 Forbidden|access denied/i,
    'refused',
    (from) => `${from} denies this user the stream (403): give it the right to watch in the camera`,
  ),
  row(
    /404 (Stream )?Not Found/i,
    'broken',
    (from) => `${from} has no such stream (404): correct the path of the address`,
  ),
  row(
    /Nonmatching transport|461 Unsupported/i,
    'broken',
    (from) => `${from} does not send by this transport: set "transport" to the other one`,
  ),
  row(
    /Too many users|453 Not Enough Bandwidth/i,
    'absent',
    (from) => `${from} serves no further viewer: end another one or raise the camera's limit`,
  ),
  row(/whitelist/i, 'broken', (from) => `${from} leads to an address of another kind, which is not followed`),
  row(
    /Failed to resolve hostname|Name or service not known|Temporary failure in name resolution/,
    'absent',
    (from) => `the name of ${from} is not known: correct it, or look at this machine's DNS`,
  ),
  row(
    /Connection refused/,
    'absent',
    (from) => `${from} refuses the connection: is the camera on, is the port right?`,
  ),
  row(
    /No route to host|Network is unreachable|Host is down/,
    'absent',
    (from) => `${from} cannot be reached: look at the camera's power, the cable and the network`,
  ),
  row(/(Connection|Operation) timed out/, 'absent', (from) => `${from} does not answer in time`),
  row(
    /certificate|TLS.*(fail|error)|handshake/i,
    'broken',
    (from) => `no TLS connection to ${from} comes about`,
  ),
  row(
    /(Cannot open video device|\/dev\/)[^:]*: No such (file|device)/,
    'absent',
    (from) => `there is no ${from}: is the camera plugged in?`,
  ),
  row(/No such device/, 'absent', (from) => `${from} has vanished: was the camera pulled out?`),
  row(/Device or resource busy/, 'absent', (from) => `${from} is in use by another program`),
  row(
    /\/dev\/[^:]*: Permission denied/,
    'broken',
    (from) => `${from} may not be opened: add the agent's user to the group "video"`,
  ),
  row(/Not a video capture device/i, 'broken', (from) => `${from} takes no pictures: name another device`),
  row(/Permission denied/, 'broken', (from) => `${from} may not be read by the agent's user`),
  row(/No such file or directory/, 'broken', (from) => `there is no ${from}`),
  row(
    /(Unrecognized option|Option) '?([\w:]+)'?( not found)?|Unknown (encoder|input format) '(\w+)'/,
    'broken',
    (_, [text]) => `this ffmpeg is too old or was built without what is needed (${text})`,
  ),
  row(
    /decoder.*not found|Unsupported codec|Could not find codec|codec none/i,
    'broken',
    (from) => `${from} sends a codec that this ffmpeg cannot decode: set the camera to H.264`,
  ),
  row(/matches no streams|does not contain any stream|no video/i, 'broken', (from) => `${from} has no video`),
  row(
    /Invalid data found when processing input|moov atom not found/,
    'broken',
    (from) => `${from} gives no video that ffmpeg can read`,
  ),
  row(/5XX Server Error|\b50[0234] /, 'absent', (from) => `${from} answers with an error of its own (5xx)`),
  row(/Cannot allocate memory|out of memory/i, 'broken', () => 'there is not enough memory to decode it'),
];

const isComplaint = (line: string): boolean => /\[(warning|error|fatal|panic)\]/.test(line);

/** Why ffmpeg ended, from its last lines; they are scrubbed already. */
export function ffmpegFault(lines: readonly string[], from: string, end: string): Fault {
  const complaints = lines.filter(isComplaint);
  for (const { sign, kind, says } of FAULTS) {
    for (const line of complaints) {
      const found = sign.exec(line);
      if (found) return { kind, detail: says(from, found) };
    }
  }
  const last = complaints.at(-1)?.replace(/^(\[[^\]]*\] )+/, '');
  return { kind: 'absent', detail: last === undefined ? `${from}: ffmpeg ${end}` : `${from}: ${last}` };
}
