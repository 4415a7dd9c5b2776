import type { BundleDocument, BundleVariant } from '@hamon/contracts';
import {
  openOnProviders,
  setNice,
  type HostExit,
  type InferenceHost,
  type OpenOnProvidersOptions,
  type ProviderRefusal,
} from '@hamon/inference';
import { threadsUnder, type LaunchSettings } from './launch-settings.js';

export interface ModelLauncherOptions {
  /** As the device's configuration has them now. */
  readonly settings: () => LaunchSettings;
  /** Something of them could not be had: a sentence. */
  readonly tellRefused: (detail: string) => void;
}

export interface Launch extends Pick<OpenOnProvidersOptions, 'hangMs' | 'loadTimeoutMs' | 'signal'> {
  readonly bundle: string;
  readonly folder: string;
  /** By the manifest. */
  readonly threads: number;
}

const CPU = 'cpu';

/** Starts the processes of one model as the device's configuration says, and goes on with less where that cannot be had. */
export class ModelLauncher {
  /** By bundle: providers that it does not run on, so that each start of its process does not find it out anew. */
  private readonly refused = new Map<string, Set<string>>();

  constructor(private readonly options: ModelLauncherOptions) {}

  /** @throws InferenceError */
  async open(
    document: BundleDocument,
    variant: Pick<BundleVariant, 'name' | 'file'>,
    { bundle, threads, ...launch }: Launch,
  ): Promise<InferenceHost> {
    const settings = this.options.settings();
    const { nice, executionProviders = [] } = settings;
    const refused = this.refused.get(bundle);
    const host = await openOnProviders(document, variant, {
      ...launch,
      nice,
      intraOpNumThreads: threadsUnder(settings, threads),
      executionProviders: executionProviders.filter((provider) => refused?.has(provider) !== true),
      onRefused: (refusal) => this.refuse(bundle, refusal),
    });
    const { niceRefused } = host.model;
    if (niceRefused !== undefined) this.options.tellRefused(niceRefused);
    return host;
  }

  /** A process that ended by itself: what it ran on may be why, and is not tried again for this bundle. */
  ended(bundle: string, { model: { executionProvider } }: InferenceHost, { code, detail }: HostExit): void {
    if (executionProvider === CPU || code === 'stopped') return;
    this.refuse(bundle, { provider: executionProvider, detail: `its process ended: ${detail}` });
  }

  /** The configuration changed: a process that runs takes its new level at once, threads and providers with its next start. */
  renice({ pid }: InferenceHost): void {
    const { nice = 0 } = this.options.settings();
    const refused = pid === undefined ? undefined : setNice(pid, nice);
    if (refused !== undefined) this.options.tellRefused(refused);
  }

  /** Drivers may have been mended, or the configuration changed. */
  forget(): void {
    this.refused.clear();
  }

  private refuse(bundle: string, { provider, detail }: ProviderRefusal): void {
    const known = this.refused.get(bundle) ?? new Set();
    this.refused.set(bundle, known.add(provider));
    this.options.tellRefused(`execution provider ${provider} cannot be used: ${detail}`);
  }
}
