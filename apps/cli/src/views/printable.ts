/**
 * Text of devices and servers, safe for a terminal: control characters, by which a hostile device could rewrite an
 * operator's screen, become visible.
 */
export const printable = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
