/**
 * The layers of src/, from top to bottom. A folder imports from the layers below its own, and from LEAVES. It imports
 * nothing from above, and nothing from the folders beside it.
 */
const LAYERS = [
  ['cli/', 'inspector/'],
  ['index.ts'],
  ['client/'],
  ['scheduler/'],
  ['cleanup/', 'restore/', 'proof/', 'doctor/'],
  ['testing/'],
  ['engine/'],
  ['verify/'],
  ['gate/', 'transports/'],
  ['config/', 'persistence/', 'bytes/'],
  ['live/', 'machines/', 'run/'],
];
/** Modules that every folder may import. */
const LEAVES = ['errors.ts', 'events.ts', 'clock.ts', 'faults.ts', 'logger.ts'];

/** Folders that may import less than their layer allows: these modules and their own, nothing else. */
const ONLY = {
  'cli/': ['index.ts'],
  'inspector/': ['index.ts'],
  'live/': LEAVES,
};

/** Only these folders import these packages, so that a package can be replaced in one place. */
const PACKAGES_OF = {
  'transports/': ['execa'],
  'persistence/': ['kysely', 'better-sqlite3'],
  'machines/': ['xstate'],
  'live/': ['@xstate/store'],
  'bytes/': ['piscina'],
  'cli/': ['commander', 'log-update', 'pretty-[^/]+'],
  'config/ proof/': ['zod'],
  'config/ gate/': ['yaml'],
};

const escaped = (path) => path.replaceAll('.', '\\.');
const inSrc = (paths) => `^src/(${paths.map((path) => escaped(path) + (path.endsWith('/') ? '' : '$')).join('|')})`;

/** Nothing in src/ imports `testing/`: it is the kit for the tests of hosts. */
const below = (layer) =>
  LAYERS.slice(layer + 1)
    .flat()
    .filter((path) => path !== 'testing/');

function ruleOf(path, layer) {
  const allowed = [path, ...(ONLY[path] ?? [...below(layer), ...LEAVES])];
  return {
    name: `${path} imports from above, from beside, or more than it may`,
    severity: 'error',
    from: { path: inSrc([path]) },
    to: { path: '^src/', pathNot: inSrc(allowed) },
  };
}

const layers = LAYERS.flatMap((paths, layer) => paths.map((path) => ruleOf(path, layer)));

const packages = Object.entries(PACKAGES_OF).map(([folders, names]) => ({
  name: `only ${folders} imports ${names.join(', ')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: inSrc(folders.split(' ')) },
  to: { path: `(^|/node_modules/|^node_modules/)(@types/)?(${names.join('|')})(/|$)`, pathNot: '^src/' },
}));

module.exports = {
  forbidden: [
    ...layers,
    ...packages,
    {
      name: 'only the evaluation makes a deletion proof; code that deletes is given one',
      severity: 'error',
      from: { path: '^src/cleanup/', pathNot: inSrc(['cleanup/evaluate-interlocks.ts']) },
      to: { path: inSrc(['verify/deletion-proof.ts']), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'a leaf imports leaves only',
      severity: 'error',
      from: { path: inSrc(LEAVES) },
      to: { path: '^src/', pathNot: inSrc(LEAVES) },
    },
    {
      name: 'only client/ imports scheduler/',
      severity: 'error',
      from: { path: '^src/', pathNot: inSrc(['client/', 'scheduler/']) },
      to: { path: inSrc(['scheduler/']) },
    },
    {
      name: 'every file belongs to a layer',
      severity: 'error',
      from: { path: '^src/', pathNot: inSrc([...LAYERS.flat(), ...LEAVES]) },
      to: {},
    },
    { name: 'no cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'src imports nothing from outside src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts|examples|bench|dist)/' },
    },
    { name: 'every import can be resolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'src imports only packages that are installed with it',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
