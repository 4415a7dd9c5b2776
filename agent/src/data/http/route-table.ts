import type { Route, RouteParameters } from './route.js';

export interface FoundRoute {
  readonly route: Route;
  readonly parameters: RouteParameters;
}

/** The path is known, but not by this method. */
export interface OtherMethods {
  readonly allowed: readonly string[];
}

interface Entry {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Names are shorter; what is longer is no name of ours. */
const LONGEST_PARAMETER = 100;

/** Routes by path; one without parameters goes before one with them. */
export class RouteTable {
  private readonly entries: readonly Entry[];

  /** @throws Error where two routes answer the same */
  constructor(routes: readonly Route[]) {
    const seen = new Set<string>();
    for (const { method, path } of routes) {
      const form = `${method} ${path.replaceAll(/:[^/]+/g, ':')}`;
      if (seen.has(form)) throw new Error(`two routes answer ${method} ${path}`);
      seen.add(form);
    }
    this.entries = routes
      .map((route) => ({ route, segments: route.path.split('/') }))
      .sort((a, b) => parametersIn(a) - parametersIn(b));
  }

  /** Undefined where nothing is at the path. */
  find(method: string | undefined, path: string): FoundRoute | OtherMethods | undefined {
    const segments = path.split('/');
    const here = this.entries.flatMap(({ route, segments: wanted }) => {
      const parameters = parametersOf(wanted, segments);
      return parameters ? [{ route, parameters }] : [];
    });
    if (here.length === 0) return undefined;
    const found = here.find(({ route }) => route.method === method);
    return found ?? { allowed: [...new Set(here.map(({ route }) => route.method))] };
  }
}

const parametersIn = ({ segments }: Entry): number =>
  segments.filter((segment) => segment.startsWith(':')).length;

function parametersOf(wanted: readonly string[], segments: readonly string[]): RouteParameters | undefined {
  if (wanted.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, want] of wanted.entries()) {
    const segment = segments[i] ?? '';
    if (!want.startsWith(':')) {
      if (want !== segment) return undefined;
    } else if (segment === '') return undefined;
    else parameters[want.slice(1)] = segment.slice(0, LONGEST_PARAMETER);
  }
  return parameters;
}
