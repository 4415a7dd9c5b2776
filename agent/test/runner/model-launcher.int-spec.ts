import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Resources } from '@hamon/contracts';
import type { HostExit, InferenceHost } from '@hamon/inference';
import { bundleDocument, temporaryFolder, writeBundle } from '@hamon/testing';
import { launchSettings, threadsUnder } from '../../src/runner/launch-settings.js';
import { ModelLauncher } from '../../src/runner/model-launcher.js';

/** A Vulkan driver that computes on the CPU: Debian's package `chromium-common` has one. */
const DRIVER = process.env['HAMON_TEST_VULKAN_DRIVER'] ?? '/usr/lib/chromium/vk_swiftshader_icd.json';

async function launcherFor(models: object) {
  const folder = await temporaryFolder();
  const document = bundleDocument();
  await writeBundle(folder, document);
  const refused: string[] = [];
  const launcher = new ModelLauncher({
    settings: () => launchSettings(Resources.parse({ models: { tiny: models } }), 'tiny'),
    tellRefused: (detail) => refused.push(detail),
  });
  const launch = async (): Promise<InferenceHost> => {
    const [variant = { name: '', file: '' }] = document.variants;
    const host = await launcher.open(document, variant, {
      ...{ bundle: 'digest', folder, threads: 1, hangMs: 20_000, loadTimeoutMs: 30_000 },
    });
    onTestFinished(() => host.stop());
    return host;
  };
  return { launcher, launch, refused };
}

describe('ModelLauncher', () => {
  it('finds out once what a model does not run on, until the configuration changes', async () => {
    const { launcher, launch, refused } = await launcherFor({ executionProviders: ['xnnpack'] });
    for (let i = 0; i < 2; i += 1) expect((await launch()).model.executionProvider).toBe('cpu');
    expect(refused).toHaveLength(1);
    launcher.forget();
    await launch();
    expect(refused).toHaveLength(2);
  });

  it.skipIf(!existsSync(DRIVER))(
    'leaves a provider on which the process of a model died (needs chromium-common)',
    async () => {
      process.env['VK_ICD_FILENAMES'] = DRIVER;
      onTestFinished(() => void delete process.env['VK_ICD_FILENAMES']);
      const { launcher, launch, refused } = await launcherFor({ executionProviders: ['webgpu'] });
      const host = await launch();
      expect(host.model.executionProvider).toBe('webgpu');
      const exit = new Promise<HostExit>((resolve) => host.onExit(resolve));
      process.kill(host.pid ?? 0, 'SIGKILL');
      launcher.ended('digest', host, await exit);
      expect(refused).toEqual([
        expect.stringMatching(/^execution provider webgpu cannot be used: its process ended/),
      ]);
      expect((await launch()).model.executionProvider).toBe('cpu');
    },
  );

  it('blames no provider for a process that was stopped', async () => {
    const { launcher, launch, refused } = await launcherFor({});
    const host = await launch();
    launcher.ended('digest', host, { code: 'stopped', detail: '' });
    launcher.ended('digest', host, { code: 'worker-crashed', detail: 'on the CPU' });
    expect(refused).toEqual([]);
  });
});

describe('launchSettings', () => {
  const resources = Resources.parse({ models: { a: { threads: 3, nice: 5 } }, cpu: { budget: 1.5 } });

  it('are those of the model, and no more threads than the budget', () => {
    expect(launchSettings(resources, 'a')).toEqual({ threads: 3, nice: 5, mostThreads: 2 });
    expect(launchSettings(resources, 'constructor')).toEqual({ mostThreads: 2 });
    expect(launchSettings(Resources.parse({}), 'a')).toEqual({});
  });

  it.each([
    [{}, 4, 4],
    [{ threads: 2 }, 4, 2],
    [{ threads: 8, mostThreads: 3 }, 4, 3],
    [{ mostThreads: 1 }, 4, 1],
  ])('%j give %i wished threads %i', (settings, wished, threads) => {
    expect(threadsUnder(settings, wished)).toBe(threads);
  });
});
