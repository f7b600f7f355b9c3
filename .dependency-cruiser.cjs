// The table in docs/architecture.md, "Where things live": a folder may import itself and what is listed, nothing else of
// ours. A test keeps the two equal.
const below = {
  lib: [],
  wire: ['lib'],
  sql: ['lib', 'wire'],
  masking: ['lib', 'wire'],
  policy: ['lib', 'wire', 'sql', 'masking'],
  store: ['lib'],
  identity: ['lib', 'store'],
  recording: ['lib', 'store'],
  ledger: ['lib', 'store', 'recording'],
}
const allowed = {
  ...below,
  gateway: Object.keys(below),
  operator: [...Object.keys(below), 'gateway/(?!server/)[a-z]+'],
  agent: ['lib', 'wire'],
  cli: ['lib'],
  demo: ['lib'],
}

module.exports = {
  forbidden: [
    // Cycles of types count: what only exists in the types' world still can't be read from top to bottom.
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
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
      from: { pathNot: '^(commands|src/cli)/' },
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
    {
      name: 'the-relay-machine-is-pure',
      comment: 'bytes and verdicts in, bytes and commands out: sockets, files, timers and logs are its callers’',
      severity: 'error',
      from: { path: '^src/gateway/relay/machine/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|crypto)$' },
    },
    {
      name: 'the-relay-machine-needs-no-package',
      severity: 'error',
      from: { path: '^src/gateway/relay/machine/' },
      to: { path: 'node_modules/' },
    },
    ...Object.entries(allowed).map(([folder, others]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^(src|commands|bin)/', pathNot: `^src/(${[folder, ...others].join('|')})/` },
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
