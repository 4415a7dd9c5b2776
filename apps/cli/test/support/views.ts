import type {
  CompressionView,
  DeviceConfigurationView,
  DeviceView,
  ModelView,
  RolloutView,
  VersionView,
} from '@hamon/contracts';

const AT = '2026-03-01T12:00:00.000Z';
export const ROLLOUT = '7f5b3d0e-1111-4222-8333-444455556666';

export const TOKEN = '9b7d5f20-1111-4222-8333-444455556666';
export const COMPRESSION = '8a6c4e1f-1111-4222-8333-444455556666';

export const compressionView = (change: Partial<CompressionView> = {}): CompressionView => ({
  id: COMPRESSION,
  model: 'tile-inspector',
  sourceVersion: '2.0.0',
  resultVersion: '2.1.0',
  recipe: { variants: ['fp16'] },
  calibration: { samples: 12, bytes: 3400 },
  evaluation: null,
  state: 'running',
  progress: { phase: 'build', text: 'making fp16', done: 1, total: 2 },
  attempts: 1,
  reason: null,
  createdBy: 'bootstrap',
  createdAt: AT,
  startedAt: AT,
  endedAt: null,
  ...change,
});

export const modelView = (change: Partial<ModelView> = {}): ModelView => ({
  name: 'tile-inspector',
  task: 'classification',
  createdAt: AT,
  cloud: null,
  ...change,
});

export const versionView = (change: Partial<VersionView> = {}): VersionView => ({
  model: 'tile-inspector',
  version: '1.0.0',
  state: 'validated',
  labels: ['a', 'b'],
  variants: [{ name: 'fp32', bundle: 'a'.repeat(64), lengthBytes: 2000, modelBytes: 1500 }],
  createdAt: AT,
  validatedAt: AT,
  releasedAt: null,
  retired: null,
  ...change,
});

/** As a control plane shows a device with one model. */
function ofOneModel({
  current = null,
  desired = null,
  deployment = null,
  rejection = null,
}: Partial<DeviceView>): DeviceView['models'] {
  const model = current?.model ?? desired?.model;
  if (model === undefined) return [];
  return [{ model, current, previous: null, candidate: null, desired, deployment, rejection }];
}

export const deviceView = (change: Partial<DeviceView> = {}): DeviceView => ({
  id: 'cam-1',
  labels: { site: 'osaka' },
  facts: {
    arch: 'arm64',
    platform: 'linux',
    cores: 4,
    memoryMb: 4096,
    node: '20.19.0',
    onnxruntime: '1.30.0',
    accelerators: [],
    agent: '0.1.0',
  },
  hardwareClass: 'arm64-4c-4g-ort1.30-plain',
  online: true,
  lastSeenAt: AT,
  enrolledAt: AT,
  enrolmentToken: TOKEN,
  health: { word: 'ok', code: 'ok', reason: '', since: null },
  retired: null,
  replacedAt: null,
  streams: [],
  samples: null,
  models: ofOneModel(change),
  current: null,
  desired: null,
  deployment: null,
  rejection: null,
  pinnedKeyId: 'A'.repeat(43),
  serverKeyId: 'A'.repeat(43),
  ...change,
});

const UNWATCHED = { watchingSince: null, prolonged: false, watchEndsAt: null, endedAt: null };

export const rolloutView = (change: Partial<RolloutView> = {}): RolloutView => ({
  id: ROLLOUT,
  model: 'tile-inspector',
  version: '2.0.0',
  variant: 'fp32',
  targets: [{ variant: 'fp32', choice: 'given', hardwareClasses: [], devices: 3 }],
  where: 'site=osaka',
  state: 'running',
  stages: [
    { devices: 1, state: 'watching', ...UNWATCHED, startedAt: AT, judgement: null },
    { devices: 3, state: 'pending', ...UNWATCHED, startedAt: null, judgement: null },
  ],
  stage: 0,
  labelChanges: [],
  labelsApprovedBy: null,
  watchSeconds: 60,
  approve: 'auto',
  reason: '',
  devices: 3,
  devicesTouched: 1,
  progress: { active: 1, pending: 2 },
  offline: { count: 0, devices: [] },
  createdAt: AT,
  endedAt: null,
  ...change,
});

export const configurationView = (
  change: Partial<DeviceConfigurationView> = {},
): DeviceConfigurationView => ({
  ...{ device: 'cam-1', isAble: true, desired: null, reported: null, former: [] },
  ...change,
});
