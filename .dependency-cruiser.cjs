/**
 * The arrows of the house. A folder may import those below it, never those above or beside it unless said here.
 * Each entry is a floor, top to bottom; what stands on one floor stands side by side.
 */
const FLOORS = [
  ['cli/', 'inspector/'],
  ['index.ts'],
  ['client/'],
  ['testing/'],
  ['live/', 'doctor/', 'proof/', 'restore/'],
  ['scheduler/'],
  ['cleanup/'],
  ['engine/'],
  ['verify/'],
  ['gate/', 'transports/'],
  ['config/', 'persistence/', 'bytes/'],
  ['machines/', 'run/'],
];
/** What everything may import. */
const LEAVES = ['errors.ts', 'events.ts', 'clock.ts', 'faults.ts', 'logger.ts'];

/** Folders that do not follow from their floor: exactly what they may import, beside themselves. */
const ONLY = {
  'cli/': ['index.ts'],
  'inspector/': ['index.ts'],
  'live/': [...LEAVES, 'machines/'],
};

/** Each of these packages is known to one folder only (`yaml` and `zod`: to two), so that it can be replaced there. */
const KEPT_IN = {
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
const inSrc = (places) =>
  `^src/(${places.map((place) => escaped(place) + (place.endsWith('/') ? '' : '$')).join('|')})`;

/** `testing/` is imported by nobody: it is a door for hosts' tests, not a part of the engine. */
const below = (floor) =>
  FLOORS.slice(floor + 1)
    .flat()
    .filter((place) => place !== 'testing/');

function arrowsOf(place, floor) {
  const allowed = [place, ...(ONLY[place] ?? [...below(floor), ...LEAVES])];
  return {
    name: `${place} reaches up, aside or too far`,
    severity: 'error',
    from: { path: inSrc([place]) },
    to: { path: '^src/', pathNot: inSrc(allowed) },
  };
}

const arrows = FLOORS.flatMap((places, floor) => places.map((place) => arrowsOf(place, floor)));

const packages = Object.entries(KEPT_IN).map(([places, names]) => ({
  name: `${names.join(', ')} only in ${places}`,
  severity: 'error',
  from: { path: '^src/', pathNot: inSrc(places.split(' ')) },
  to: { path: `(^|/node_modules/|^node_modules/)(@types/)?(${names.join('|')})(/|$)`, pathNot: '^src/' },
}));

module.exports = {
  forbidden: [
    ...arrows,
    ...packages,
    {
      name: 'what deletes is given a proof, and makes none',
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
      name: 'every file has a place in the house',
      severity: 'error',
      from: { path: '^src/', pathNot: inSrc([...FLOORS.flat(), ...LEAVES]) },
      to: {},
    },
    { name: 'no cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'src stands alone',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts|examples|bench|dist)/' },
    },
    { name: 'everything is found', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'what is published needs only what is installed with it',
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
