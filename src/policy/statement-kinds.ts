/** The statement kinds that a rule may name: the first words of PostgreSQL's commands, as the analyser reports them. */
export const statementKinds = [
  ...['select', 'values', 'insert', 'update', 'delete', 'merge', 'truncate', 'copy', 'call', 'do'],
  ...['create', 'alter', 'drop', 'comment', 'grant', 'revoke', 'reassign', 'security', 'import', 'refresh', 'reindex'],
  ...['begin', 'commit', 'rollback', 'savepoint', 'release', 'prepare', 'execute', 'deallocate', 'declare', 'fetch'],
  ...['move', 'close', 'explain', 'analyze', 'vacuum', 'cluster', 'checkpoint', 'lock', 'load', 'listen', 'notify'],
  ...['unlisten', 'set', 'reset', 'show', 'discard'],
] as const
