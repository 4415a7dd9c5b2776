import Table from 'cli-table3';
import pc from 'picocolors';

/** Where a command's result goes: one JSON document, or text for a person. */
export interface Output {
  readonly json: boolean;
  /** `document` with `--json`, otherwise what `text` gives. */
  result(document: object, text: () => string): void;
  /** Progress for a person; nothing with `--json`. */
  note(line: string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    result(document, text) {
      process.stdout.write(`${json ? JSON.stringify(document) : text()}\n`);
    },
    note(line) {
      if (!json) process.stderr.write(`${line}\n`);
    },
  };
}

/** A plain table that also reads well in a log file. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return pc.dim('(none)');
  const grid = new Table({
    head: head.map((title) => pc.bold(title)),
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  grid.push(...rows.map((row) => [...row]));
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

export const megabytes = (bytes: number): string =>
  bytes < 1_000_000 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** `3 min ago`; a person at night reads distances faster than time stamps. */
export function ago(iso: string | null, now = Date.now()): string {
  if (iso === null) return 'never';
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

const STATE_COLOURS: Readonly<Record<string, (text: string) => string>> = {
  released: pc.green,
  succeeded: pc.green,
  committed: pc.green,
  passed: pc.green,
  pass: pc.green,
  active: pc.cyan,
  running: pc.cyan,
  watching: pc.cyan,
  deploying: pc.cyan,
  shadowing: pc.cyan,
  paused: pc.yellow,
  'awaiting-approval': pc.yellow,
  inconclusive: pc.yellow,
  'rolling-back': pc.red,
  'rolled-back': pc.red,
  refused: pc.red,
  aborted: pc.red,
  failed: pc.red,
  fail: pc.red,
  error: pc.red,
};

export const coloured = (state: string): string => (STATE_COLOURS[state] ?? ((text: string) => text))(state);
