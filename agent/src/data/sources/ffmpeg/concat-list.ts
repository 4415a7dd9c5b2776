/**
 * A list of one address for ffmpeg's "concat" demuxer, with options for the one that opens it
 * (https://ffmpeg.org/ffmpeg-formats.html#concat-1).
 */
export function concatList(address: string, options: readonly (readonly [string, string])[]): string {
  const lines = [
    'ffconcat version 1.0',
    `file ${quoted(address)}`,
    ...options.map(([name, value]) => `option ${name} ${quoted(value)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Nothing is special between single quotes, which themselves stand outside; a line end would begin another directive. */
const quoted = (text: string): string => `'${text.replace(/[\r\n\0]/g, '').replaceAll("'", "'\\''")}'`;
