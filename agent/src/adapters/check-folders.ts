import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AgentError } from '../agent-error.js';
import { placedStreams, type DeviceConfig } from '@hamon/contracts';

/**
 * A folder that is missing at the start is a mistake in the configuration, or is not mounted: the person who starts the
 * agent is told at once. A folder that goes away later is an event, and is tried again.
 *
 * @throws AgentError `config-invalid`
 */
export async function checkFolders(
  config: Pick<DeviceConfig, 'source' | 'sinks' | 'streams'>,
): Promise<void> {
  for (const { config: stream, at } of placedStreams(config)) {
    const { source, sinks } = stream;
    const field = (name: string): string => [...at, name].join('.');
    if (source.kind === 'directory') await checkSource(field('source.path'), source.path);
    for (const [i, sink] of sinks.entries()) {
      if (sink.kind === 'jsonl') await checkFile(field(`sinks.${i}.path`), sink.path);
    }
  }
}

async function checkSource(field: string, path: string): Promise<void> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    if (!isFolder) throw refusal(field, `${path} is no folder`, 'name the folder that holds the images');
    await access(path, constants.R_OK | constants.X_OK);
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    throw refusal(field, describe(path, cause), 'create it, mount what belongs there, or change it', cause);
  }
}

async function checkFile(field: string, path: string): Promise<void> {
  try {
    // As the sink itself will do it: an access check says nothing of a read-only file system.
    await (await open(path, 'a')).close();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // A full disk costs records, never the start.
    if (code === 'ENOSPC' || code === 'EDQUOT') return;
    const what = code === 'ENOENT' ? `the folder ${dirname(path)} does not exist` : describe(path, cause);
    throw refusal(field, what, 'create it, make it writable for this account, or change it', cause);
  }
}

function describe(path: string, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${path} does not exist`;
  return code === 'EACCES' || code === 'EPERM'
    ? `${path} is not open to this account`
    : `${path}: ${message}`;
}

const refusal = (field: string, what: string, advice: string, cause?: unknown): AgentError =>
  new AgentError('config-invalid', `${field}: ${what}: ${advice}`, { cause });
