import { createServer } from 'node:net';
import { shellWord } from '../../service/service-step.js';
import { statusLine } from '../../status-line.js';
import type { Check } from '../check.js';
import { fail, ok, skip, warn } from '../finding.js';

export const agentProcess: Check = {
  name: 'agent',
  run: async ({ status, config, configFile, identity, paths, service }) => {
    if (status?.pid !== undefined) {
      const says = `process ${status.pid}: ${statusLine(status)}`;
      // How each source is, is a line of its own.
      const troubles = (status.conditions ?? []).filter(({ code }) => code !== 'source-unreadable');
      return [
        ok(says),
        ...troubles.map(({ code, detail }) => warn(`${code}: ${detail}`, 'hamon-agent status')),
      ];
    }
    const { host, port } = config.http;
    if (port !== 0 && (await isTaken(host, port))) {
      return fail(
        `another program listens on ${host}:${port}, which the agent wants (http.port)`,
        `sudo ss -ltnp sport = :${port}`,
      );
    }
    if (!paths || !identity) return skip('does not run, as the device is not enrolled');
    const start = service
      ? 'sudo systemctl restart hamon-agent'
      : `hamon-agent run --state ${shellWord(paths.folder)}${configFile === undefined ? '' : ` --config ${shellWord(configFile)}`}`;
    return fail('does not run', start);
  },
};

const isTaken = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EADDRINUSE'));
    server.listen(port, host, () => server.close(() => resolve(false)));
  });
