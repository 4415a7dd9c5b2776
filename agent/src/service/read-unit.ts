/** What the unit of an installed service says about it. */
export interface InstalledService {
  readonly user: string;
  readonly state: string;
  readonly config: string | undefined;
  readonly insecure: boolean;
  /** Secrets that systemd hands over, and the files that they are in. */
  readonly credentials: readonly { readonly name: string; readonly file: string }[];
}

/** A unit as `unitFile` writes it; undefined where it is none of ours. */
export function readUnit(text: string): InstalledService | undefined {
  const valueOf = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1];
  const words = wordsOf(valueOf('ExecStart') ?? '');
  const after = (flag: string): string | undefined => {
    const at = words.indexOf(flag);
    return at < 0 ? undefined : words[at + 1];
  };
  const state = after('--state');
  if (state === undefined) return undefined;
  return {
    ...{ state, config: after('--config'), insecure: words.includes('--insecure') },
    user: valueOf('User') ?? 'root',
    credentials: [...text.matchAll(/^LoadCredential=([^:\n]+):(.*)$/gm)].map(([, name = '', file = '']) => ({
      ...{ name, file: file.replaceAll('%%', '%') },
    })),
  };
}

/** Words of a command line, as systemd reads them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain = '']) =>
    (quoted?.replaceAll(/\\(.)/g, '$1') ?? plain).replaceAll('%%', '%').replaceAll('$$', '$'),
  );
