import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onStopSignals } from '@hamon/content';
import { DEMO_USAGE, parseDemoFlags, UsageError } from './flags.js';
import { brokenOff } from './result.js';
import { runCameras } from './cameras/run-cameras.js';
import { runDemo, type Running } from './run-demo.js';
import { ROOT } from './root.js';
import { Timeline } from './timeline.js';

async function main(): Promise<number> {
  const flags = parseDemoFlags(process.argv.slice(2), ROOT, process.env['INIT_CWD'] ?? process.cwd());
  if (flags === 'help') {
    process.stdout.write(`${DEMO_USAGE}\n`);
    return 0;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'hamon-demo-'));
  // The embedded database may run as another user, who must be able to walk here.
  await chmod(dataDir, 0o755);
  const running: Running = { devices: [] };
  const abort = new AbortController();
  onStopSignals({
    stop: (why) => abort.abort(new Error(why === 'parent' ? 'npm ended' : `stopped by ${why}`)),
    force: () => {
      for (const { process: agent } of running.devices) agent.killGroup();
      running.platform?.process.kill('SIGTERM');
      process.exit(1);
    },
  });
  const timeline = new Timeline();
  let kept = false;
  try {
    const { result, shortcomings } = await (flags.cameras ? runCameras : runDemo)({
      flags,
      dataDir,
      timeline,
      running,
      onUnexpectedExit: (message) => abort.abort(new Error(message)),
      signal: abort.signal,
    });
    timeline.heading(result.ok ? 'All of it happened' : 'Not all of it happened');
    for (const text of shortcomings) timeline.line(text);
    for (const [model, { final, inferences, framesLost }] of Object.entries(result.models)) {
      const fleet = Object.entries(final).map(([version, devices]) => `${devices} on ${version}`);
      timeline.line(`${model}: ${fleet.join(', ')}; ${inferences} frames answered, ${framesLost} lost`);
    }
    timeline.line(`${result.inferences} frames in all, ${result.fallbacks} of them answered by the cloud`);
    if (flags.keep) await keepRunning(running, dataDir, timeline, abort.signal);
    kept = !result.ok;
    if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    return result.ok ? 0 : 1;
  } catch (error) {
    kept = true;
    const reason: unknown = abort.signal.aborted ? abort.signal.reason : error;
    const text = reason instanceof Error ? reason.message : String(reason);
    process.stderr.write(`demo: ${text}\n`);
    if (flags.json) process.stdout.write(`${JSON.stringify(brokenOff(text))}\n`);
    return 1;
  } finally {
    await Promise.all(running.devices.map(({ process: agent }) => agent.stop()));
    await running.platform?.process.stop();
    for (const stop of running.stops?.splice(0).reverse() ?? []) await stop();
    if (kept) process.stderr.write(`demo: logs are in ${dataDir}\n`);
    else await rm(dataDir, { recursive: true, force: true });
  }
}

async function keepRunning(
  running: Running,
  dataDir: string,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<void> {
  timeline.heading('Left running until Ctrl-C');
  timeline.line(`export HAMON_SERVER=${running.platform?.httpUrl ?? ''}`);
  timeline.line(`export HAMON_TOKEN=${running.platform?.adminToken ?? ''}`);
  timeline.line('npx --no-install hamon device ls');
  timeline.line(`logs and state in ${dataDir}`);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`demo: ${error.message}\n\n${DEMO_USAGE}\n`);
  process.exitCode = 2;
}
