const PLAIN_PROTOCOLS = new Set(['http:', 'mqtt:', 'tcp:']);
const THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Do bytes travel to this address in the clear over a network? */
export function isUnencrypted(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return PLAIN_PROTOCOLS.has(protocol) && !THIS_MACHINE.test(hostname);
}
