import {
  isGivenUp,
  type DeviceCondition,
  type DeviceHealth,
  type ModelReport,
  type Reason,
  type ReportedState,
} from '@hamon/contracts';

type ToldOfModel = Pick<ModelReport, 'model' | 'slots' | 'deployment' | 'rejection'>;

interface Told extends Pick<ReportedState, 'rejection' | 'conditions'> {
  readonly models: readonly ToldOfModel[];
}

/** From here on bad frames are more than a nuisance: the device does not do its work. */
const FAILING_SHARE = 0.5;

const OK: DeviceHealth = { word: 'ok', code: 'ok', reason: '', since: null };

/** What a condition means by itself. Those that are a share are as bad as their share. */
const CONDITIONS: Readonly<Record<DeviceCondition['code'], 'failing' | 'by-share' | 'degraded'>> = {
  'source-unreadable': 'failing',
  'picture-frozen': 'failing',
  'picture-black': 'failing',
  'no-frames': 'failing',
  'frames-unanswered': 'by-share',
  'frames-rejected': 'by-share',
  'fallback-open': 'degraded',
  'results-dropped': 'degraded',
  'results-waiting': 'degraded',
  'trigger-unheard': 'failing',
  'clock-off': 'degraded',
  'too-hot': 'degraded',
  throttled: 'degraded',
};

const RANK: Readonly<Record<DeviceHealth['word'], number>> = {
  ok: 0,
  idle: 1,
  degraded: 2,
  failing: 3,
  offline: 4,
};

/**
 * How a connected device is, by what it reported. A pure function: the worst finding about the device or one of its models
 * decides, the first of equally bad ones; where there are several models, it names the one. `since` is null where only the time of the first such report tells it.
 */
export function healthAsTold(told: Told, now: Date): DeviceHealth {
  const models = told.models.filter(isHad);
  const ofModels = models.flatMap((model) => {
    const found = [...deploymentFindings(model), ...rejectionFindings(model)];
    return models.length > 1
      ? found.map((one) => ({ ...one, reason: `${model.model}: ${one.reason}` }))
      : found;
  });
  const findings = [...conditionFindings(told, now), ...ofModels, ...rejectionFindings(told)];
  const worst = findings.reduce((a, b) => (RANK[b.word] > RANK[a.word] ? b : a), OK);
  if (worst !== OK) return worst;
  return models.every(({ slots }) => slots.current === null)
    ? { word: 'idle', code: 'no-model', reason: 'no model is installed', since: null }
    : OK;
}

/** How it is as far as we know: for a device that is away, the last report says how it was. */
export function healthOf(device: {
  readonly online: boolean;
  readonly lastSeenAt: string | null;
  readonly told: DeviceHealth | null;
  /** Null where the device never said which key it pinned. */
  readonly pinnedKeyId: string | null;
  readonly serverKeyId: string;
}): DeviceHealth {
  const { online, lastSeenAt, told, pinnedKeyId, serverKeyId } = device;
  if (!online) {
    const was = told && RANK[told.word] >= RANK.degraded ? `; it was ${told.word}: ${told.reason}` : '';
    const reason = lastSeenAt === null ? 'never connected' : `not connected${was}`;
    return { word: 'offline', code: 'offline', reason, since: lastSeenAt };
  }
  if (pinnedKeyId !== null && pinnedKeyId !== serverKeyId && told?.word !== 'failing') {
    const reason = `it pinned manifest key ${pinnedKeyId}, the control plane signs with ${serverKeyId}: enrol it anew (hamon-agent enrol --renew)`;
    return { word: 'degraded', code: 'other-manifest-key', reason, since: null };
  }
  // Reports of a former release are not assessed yet; the next one is.
  return told ?? OK;
}

/** Of a model that was removed only its sequence is left. */
const isHad = ({ slots, deployment, rejection }: ToldOfModel): boolean =>
  deployment !== null || rejection !== null || Object.values(slots).some((slot) => slot !== null);

function conditionFindings({ conditions = [] }: Told, now: Date): DeviceHealth[] {
  return conditions.map(({ code, since, detail, share }) => {
    const meaning = CONDITIONS[code];
    const byShare = (share ?? 0) >= FAILING_SHARE ? 'failing' : 'degraded';
    return {
      word: meaning === 'by-share' ? byShare : meaning,
      code,
      reason: detail,
      // A device's clock may be ahead.
      since: Date.parse(since) > now.getTime() ? null : since,
    };
  });
}

/** The newest update: given up, or on its way to a device that runs nothing of the model yet. */
function deploymentFindings({ deployment, slots }: ToldOfModel): DeviceHealth[] {
  if (!deployment || !isGivenUp(deployment.state)) return [];
  const { version, state, reason } = deployment;
  const what = `${state} ${version.model}@${version.version}${why(reason)}`;
  const code = reason?.code ?? state;
  if (slots.current === null) {
    return [{ word: 'failing', code, reason: `it runs nothing: ${what}`, since: null }];
  }
  if (state === 'rolled-back' && slots.current.bundle === version.bundle) {
    const still = `it still runs what failed, having no former version: ${what}`;
    return [{ word: 'failing', code, reason: still, since: null }];
  }
  return [{ word: 'degraded', code, reason: what, since: null }];
}

function rejectionFindings({ rejection }: Pick<Told, 'rejection'>): DeviceHealth[] {
  if (!rejection) return [];
  return [
    { word: 'degraded', code: rejection.code, reason: `manifest rejected${why(rejection)}`, since: null },
  ];
}

const why = (reason: Reason | null): string => (reason ? `: ${reason.code}: ${reason.detail}` : '');
