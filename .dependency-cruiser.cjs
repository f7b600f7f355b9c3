// The import rules of docs/architecture.md, as a table: a folder may import itself and what is listed, nothing else of ours.
const allowed = {
  'src/lib': [],
  'src/wire': ['src/lib'],
  'src/sql': ['src/lib', 'src/wire'],
  'src/masking': ['src/lib', 'src/wire'],
  'src/policy': ['src/lib', 'src/wire', 'src/sql', 'src/masking'],
  'src/recording': ['src/lib', 'src/store', 'src/ledger'],
  'src/ledger': ['src/lib', 'src/store'],
  'src/store': ['src/lib'],
  'src/identity': ['src/lib', 'src/store'],
  'src/gateway': [
    'src/lib',
    'src/wire',
    'src/sql',
    'src/policy',
    'src/masking',
    'src/recording',
    'src/ledger',
    'src/store',
    'src/identity',
  ],
  'src/agent': ['src/lib', 'src/wire'],
  'src/cli': ['src/lib'],
  'src/demo': ['src/lib'],
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'nobody-imports-commands', severity: 'error', from: { pathNot: '^commands/' }, to: { path: '^commands/' } },
    {
      name: 'commands-import-lazily',
      comment: 'a command loads what it runs by await import(), so that --help stays quick',
      severity: 'error',
      from: { path: '^commands/' },
      to: { path: '^src/(?!cli/|lib/)', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'ink-only-in-views',
      severity: 'error',
      from: { pathNot: '^src/cli/views/' },
      to: { path: 'node_modules/(ink|react)/' },
    },
    {
      name: 'oclif-only-in-cli',
      severity: 'error',
      from: { pathNot: '^(bin|commands|src/cli)/' },
      to: { path: 'node_modules/@oclif/' },
    },
    {
      name: 'keyring-only-in-agent',
      severity: 'error',
      from: { pathNot: '^src/agent/' },
      to: { path: 'node_modules/@napi-rs/keyring' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(src|commands|bin)/' },
      to: { path: '^test/' },
    },
    ...Object.entries(allowed).map(([folder, others]) => ({
      name: `${folder.replace('/', '-')}-imports`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: '^(src|commands|bin)/', pathNot: `^(${[folder, ...others].join('|')})/` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
