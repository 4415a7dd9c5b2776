import { AgentError } from '../agent-error.js';

interface OptionalPackage {
  readonly name: string;
  /** Whose major is the one that is known to work. */
  readonly version: string;
  /** What of the configuration needs it, as a person calls it. */
  readonly neededFor: string;
}

/**
 * A package that is installed by those alone who use it. Node.js looks for it beside the agent, where
 * `npm install --global` puts it.
 *
 * @throws AgentError `package-missing`, with the command that helps
 */
export async function loadOptional<T>(
  { name, version, neededFor }: OptionalPackage,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    const why = message.includes(`'${name}'`) ? 'is not installed' : 'lacks a part of its own';
    throw new AgentError(
      'package-missing',
      `${neededFor} needs the package ${name}, which ${why}: run npm install --global ${name}@${version}`,
      { cause },
    );
  }
}
