import type { Fault } from '../program/fault.js';

const SAYS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection: is the camera on, is the port right?',
  EHOSTUNREACH: "cannot be reached: look at the camera's power, the cable and the network",
  ENETUNREACH: "cannot be reached: this machine has no way to the camera's network",
  EHOSTDOWN: "cannot be reached: look at the camera's power, the cable and the network",
  ETIMEDOUT: "does not answer: look at the camera's power, the cable and the network",
};

/** @param why a system's name for what became of a connection */
export const reachFault = (why: string, place: string): Fault => ({
  kind: 'absent',
  detail: `${place} ${SAYS[why] ?? `cannot be reached (${why})`}`,
});
