/** What a unit must allow so that a service can use these device nodes. */
export interface DeviceAccess {
  /** Values of `DeviceAllow=`. */
  readonly allow: readonly string[];
  /** Groups that own such nodes on Debian; those that this machine has not are left out by the caller. */
  readonly groups: readonly string[];
}

/**
 * Cameras and adapters are plugged out and in, and systemd resolves a path at the start only: a class of devices goes on
 * working, a path of one would not. Classes as /proc/devices names them.
 */
const CLASSES: readonly { readonly paths: RegExp; readonly allow: string; readonly group: string }[] = [
  { paths: /^\/dev\/(video|v4l\/|media)/, allow: 'char-video4linux rw', group: 'video' },
  { paths: /^\/dev\/bus\/usb(\/|$)/, allow: 'char-usb_device rw', group: 'plugdev' },
  { paths: /^\/dev\/(ttyUSB|serial\/)/, allow: 'char-ttyUSB rw', group: 'dialout' },
  { paths: /^\/dev\/ttyACM/, allow: 'char-ttyACM rw', group: 'dialout' },
  { paths: /^\/dev\/tty(S|AMA)/, allow: 'char-ttyS rw', group: 'dialout' },
  { paths: /^\/dev\/dri\//, allow: 'char-drm rw', group: 'render' },
];

export function deviceAccess(nodes: readonly string[]): DeviceAccess {
  const allow = new Set<string>();
  const groups = new Set<string>();
  for (const node of nodes) {
    const known = CLASSES.find(({ paths }) => paths.test(node));
    allow.add(known?.allow ?? `${node} rw`);
    if (known) groups.add(known.group);
  }
  return { allow: [...allow], groups: [...groups] };
}
