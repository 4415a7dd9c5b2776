/** The direction of dependencies (docs/ARCHITECTURE.md), enforced. */
const lib = (name) => `^libs/${name}/`;
const BELOW = {
  stats: [],
  contracts: [],
  'api-client': ['contracts'],
  trust: ['stats', 'contracts'],
  tasks: ['stats', 'contracts'],
  rollout: ['stats', 'contracts', 'tasks'],
  content: ['stats', 'contracts'],
  onnx: ['stats', 'contracts'],
  inference: ['stats', 'contracts', 'tasks', 'trust', 'rollout', 'content', 'onnx'],
  compress: ['stats', 'contracts', 'tasks', 'trust', 'rollout', 'content', 'onnx', 'inference'],
};

const { CAPABILITIES } = require('./scripts/capabilities.cjs');

const capability = (name) => `^apps/control-plane/src/${name}/`;

const order = CAPABILITIES.map((name, i) => ({
  name: `order-${name}`,
  comment: `the capability ${name} may use only: ${CAPABILITIES.slice(0, i).join(', ') || 'none other'}`,
  severity: 'error',
  from: { path: capability(name) },
  to: {
    path: '^apps/control-plane/src/',
    pathNot: CAPABILITIES.slice(0, i + 1).map(capability),
  },
}));

const direction = Object.entries(BELOW).map(([name, allowed]) => ({
  name: `direction-${name}`,
  comment: `libs/${name} may use only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^libs/${name}/src/` },
  to: { path: '^(libs|apps|agent)/', pathNot: [name, ...allowed].map(lib) },
}));

const IO_FREE = '^libs/(contracts|stats|tasks|trust|rollout)/src/';

module.exports = {
  forbidden: [
    ...direction,
    ...order,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-folder-cycles', scope: 'folder', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'libs-are-framework-free',
      severity: 'error',
      from: { path: '^libs/', pathNot: '^libs/testing/' },
      to: { path: 'node_modules/(@nestjs|typeorm|mqtt|aedes|pg|fastify)(/|$)' },
    },
    {
      name: 'pure-libs-touch-no-file-or-process',
      severity: 'error',
      from: { path: IO_FREE },
      to: { path: '^(node:)?(fs|fs/promises|child_process|net|http|https|worker_threads)$' },
    },
    {
      name: 'apps-and-agent-are-apart',
      severity: 'error',
      from: { path: '^(apps/([^/]+)|agent)/src/' },
      to: { path: '^(apps/[^/]+|agent)/', pathNot: ['^apps/$2/', '^agent/'] },
    },
    {
      name: 'agent-imports-no-app',
      severity: 'error',
      from: { path: '^agent/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-import-no-agent',
      severity: 'error',
      from: { path: '^apps/', pathNot: '^apps/fleet-sim/' },
      to: { path: '^agent/' },
    },
    {
      name: 'fleet-sim-speaks-as-a-device-only',
      comment:
        'a simulated device has the protocol and the decisions of a real one, and none of its models and files',
      severity: 'error',
      from: { path: '^apps/fleet-sim/src/' },
      to: { path: '^agent/', pathNot: '^agent/(src|dist)/protocol' },
    },
    {
      name: 'fleet-sim-core-is-pure',
      severity: 'error',
      from: { path: '^apps/fleet-sim/src/core/' },
      to: {
        path: ['^apps/fleet-sim/src/(?!core/)', '^(node:)?(fs|fs/promises|child_process|net|http|https)$'],
      },
    },
    {
      name: 'agent-mqtt-in-adapters-only',
      severity: 'error',
      from: { path: '^agent/src/', pathNot: '^agent/src/adapters/' },
      to: { path: 'node_modules/mqtt(/|$)' },
    },
    {
      name: 'agent-core-is-pure',
      severity: 'error',
      from: { path: '^agent/src/core/' },
      to: { path: ['^agent/src/(?!core/)', '^(node:)?(fs|fs/promises|child_process|net|http|https)$'] },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^(libs|apps|agent)/', pathNot: ['/test/', '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    // Maps our packages to their sources, so that an import of a neighbour counts as one.
    tsConfig: { fileName: 'tsconfig.depcruise.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/generated/)' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
