const MOST_CHARACTERS = 1000;

/** The last lines of a text that comes in pieces, as a program writes its messages; bounded, whatever it writes. */
export class LastLines {
  private readonly kept: string[] = [];
  private rest = '';

  /** @param onLine each line once it is whole */
  constructor(
    private readonly most: number,
    private readonly onLine: (line: string) => void = () => undefined,
  ) {}

  add(piece: string): void {
    const lines = (this.rest + piece).split(/[\r\n]+/);
    this.rest = (lines.pop() ?? '').slice(0, MOST_CHARACTERS);
    for (const line of lines) this.keep(line);
  }

  /** What came last without an end. */
  end(): void {
    this.keep(this.rest);
    this.rest = '';
  }

  get lines(): readonly string[] {
    return this.kept;
  }

  private keep(text: string): void {
    const line = text.trim().slice(0, MOST_CHARACTERS);
    if (line === '') return;
    this.kept.push(line);
    if (this.kept.length > this.most) this.kept.shift();
    this.onLine(line);
  }
}
