/** One thing that is done to the machine. */
export type ServiceStep =
  | { readonly kind: 'run'; readonly command: readonly [string, ...string[]] }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'write'; readonly path: string; readonly mode: number; readonly text: string }
  /** The folder and all that is in it become this user's; links are not followed. */
  | { readonly kind: 'own'; readonly path: string; readonly user: string }
  /** The user's group may read the file; it stays its owner's. */
  | { readonly kind: 'share'; readonly path: string; readonly user: string }
  | { readonly kind: 'remove'; readonly path: string };

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** The step as a person would do it. */
export function describeStep(step: ServiceStep): string {
  switch (step.kind) {
    case 'run':
      return step.command.map(shellWord).join(' ');
    case 'folder':
      return `mkdir -p -m ${octal(step.mode)} ${shellWord(step.path)}`;
    case 'write':
      return `write ${shellWord(step.path)} (mode ${octal(step.mode)}, ${Buffer.byteLength(step.text)} bytes)`;
    case 'own':
      return `chown -R ${step.user}: ${shellWord(step.path)}`;
    case 'share':
      return `chgrp ${step.user} ${shellWord(step.path)} && chmod g+r ${shellWord(step.path)}`;
    case 'remove':
      return `rm -f ${shellWord(step.path)}`;
  }
}

/** As a shell reads it back. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
