import { printableJson } from '@hamon/contracts';
import pc from 'picocolors';
import type { Io } from './io.js';

export type Colours = ReturnType<typeof pc.createColors>;

/** Where a command's answer goes: one JSON document, or text for a person; never both. */
export class Output {
  readonly colours: Colours;

  constructor(
    readonly io: Io,
    readonly json: boolean,
  ) {
    const wanted = io.stdout.isTTY === true && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
    this.colours = pc.createColors(wanted && !json);
  }

  /** Whether a person watches: lines may be drawn over. */
  get live(): boolean {
    return !this.json && this.io.stdout.isTTY === true && this.io.env['TERM'] !== 'dumb';
  }

  /**
   * The command's answer.
   *
   * @param kind the document becomes `{"schema":"hamon.<kind>/1", …}`
   * @param text how a person reads the same
   */
  answer(kind: string, document: object, text: () => string): void {
    const json = (): string => printableJson(JSON.stringify({ schema: `hamon.${kind}/1`, ...document }));
    this.io.stdout.write(`${this.json ? json() : text()}\n`);
  }

  /** A line for a person while the command runs; JSON readers are not bothered. */
  say(text: string): void {
    if (!this.json) this.io.stdout.write(`${text}\n`);
  }

  /** Something that deserves attention but does not end the command. */
  warn(text: string): void {
    this.io.stderr.write(`${text}\n`);
  }
}
