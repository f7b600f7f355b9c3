import type { PackRule } from './pack-rule.js'

/** What should not happen by accident on a database that others depend on. */
export const production: readonly PackRule[] = [
  {
    name: 'no-drop',
    when: {
      statement: [
        'drop table',
        'drop schema',
        'drop database',
        'drop owned',
        'drop view',
        'drop materialized view',
        'drop column',
      ],
    },
    do: 'block',
    message: 'it drops what others may depend on',
  },
  { name: 'no-truncate', when: { statement: ['truncate'] }, do: 'block', message: 'it empties a whole table' },
  {
    name: 'no-blind-update',
    when: { statement: ['update'], where: 'missing' },
    do: 'block',
    message: 'an UPDATE whose WHERE leaves out no row',
    hint: 'Say in WHERE which rows you mean.',
  },
  {
    name: 'no-blind-delete',
    when: { statement: ['delete'], where: 'missing' },
    do: 'block',
    message: 'a DELETE whose WHERE leaves out no row',
    hint: 'Say in WHERE which rows you mean.',
  },
  {
    name: 'no-alter-system',
    when: { statement: ['alter system', 'alter database'] },
    do: 'block',
    message: 'it changes the server for everybody',
  },
  {
    name: 'no-server-files',
    when: { statement: ['copy file', 'copy program', 'load'] },
    do: 'block',
    message: 'it reads or writes files, or runs programs, on the database server',
    hint: 'Use COPY … FROM STDIN or TO STDOUT.',
  },
  {
    name: 'no-server-functions',
    when: {
      functions: [
        ...[
          'pg_read_file',
          'pg_read_binary_file',
          'pg_ls_dir',
          'pg_stat_file',
          'lo_import',
          'lo_export',
          'pg_reload_conf',
        ],
        ...['pg_rotate_logfile', 'pg_promote', 'pg_switch_wal', 'pg_create_restore_point', 'dblink', 'dblink_exec'],
        ...['dblink_connect', 'dblink_connect_u', 'dblink_send_query', 'dblink_open'],
      ],
    },
    do: 'block',
    message: 'it reaches out of the database',
  },
  {
    name: 'no-extensions',
    when: { statement: ['create extension', 'alter extension', 'drop extension'] },
    do: 'block',
    message: 'it installs or removes code in the server',
  },
  {
    name: 'no-languages',
    when: { statement: ['create language', 'create event trigger', 'alter event trigger', 'drop event trigger'] },
    do: 'block',
    message: 'it lets code run on the server behind everybody’s statements',
  },
  {
    name: 'no-role-changes',
    when: {
      statement: ['create role', 'alter role', 'drop role', 'grant role', 'revoke role', 'reassign', 'change owner'],
    },
    do: 'block',
    message: 'it changes who may do what',
  },
  {
    name: 'no-other-role',
    when: { statement: ['set role', 'set session authorization'] },
    do: 'block',
    message: 'it goes on as another role',
  },
  {
    name: 'no-grants',
    when: { statement: ['grant', 'revoke', 'alter default privileges'] },
    do: 'warn',
    message: 'it changes who may do what',
  },
  {
    name: 'no-foreign-servers',
    when: {
      statement: [
        'create server',
        'alter server',
        'create user mapping',
        'alter user mapping',
        'create foreign table',
        'import',
        'create publication',
        'alter publication',
        'create subscription',
        'alter subscription',
      ],
    },
    do: 'block',
    message: 'it lets data flow to or from another server',
  },
  {
    name: 'no-protection-off',
    when: { statement: ['disable trigger', 'disable row security'] },
    do: 'block',
    message: 'it turns off triggers or row security',
  },
  {
    name: 'no-vacuum-full',
    when: { statement: ['vacuum full', 'cluster'] },
    do: 'block',
    message: 'it locks and rewrites a whole table',
    hint: 'VACUUM without FULL doesn’t.',
  },
  {
    name: 'no-lock-table',
    when: { statement: ['lock out writers'] },
    do: 'block',
    message: 'its lock makes writers wait',
    hint: 'ROW EXCLUSIVE and weaker modes don’t.',
  },
  {
    name: 'index-concurrently',
    when: { statement: ['create index', 'drop index', 'reindex'], concurrently: false },
    do: 'block',
    message: 'building or dropping an index this way makes writers wait',
    hint: 'Say CONCURRENTLY.',
  },
  {
    name: 'table-rewrite',
    when: { statement: ['rewrite table'] },
    do: 'block',
    message: 'it rewrites the table under an exclusive lock',
  },
]
