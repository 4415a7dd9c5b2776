/** Do bytes travel to this address in the clear over a network? */
export function isUnencrypted(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const isPlain = protocol === 'http:' || protocol === 'mqtt:' || protocol === 'tcp:';
  return isPlain && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
