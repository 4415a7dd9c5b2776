import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ManifestKey } from './manifest-key.js';

/** The key, opened before anything listens: a start without it fails before any device or broker notices. */
@Global()
@Module({})
export class ManifestKeyModule {
  static with(key: ManifestKey): DynamicModule {
    return {
      module: ManifestKeyModule,
      providers: [{ provide: ManifestKey, useValue: key }],
      exports: [ManifestKey],
    };
  }
}
