/** One environment variable: how it is read, what it is without, and its line in `--help`. */
export interface Setting<T> {
  readonly name: string;
  readonly help: string;
  /** As it would be written in the environment; undefined where there is none. */
  readonly fallback: string | undefined;
  /** Throws an Error whose message completes "NAME …". */
  readonly parse: (text: string) => T;
}

interface Described {
  readonly help: string;
}

/** A setting with a default. */
export function setting<T>(
  name: string,
  parse: (text: string) => T,
  { fallback, help }: Described & { readonly fallback: string },
): Setting<T> {
  return { name, parse, fallback, help };
}

/** A setting that may be absent. */
export function optional<T>(
  name: string,
  parse: (text: string) => T,
  { help }: Described,
): Setting<T | undefined> {
  return { name, parse, fallback: undefined, help };
}
