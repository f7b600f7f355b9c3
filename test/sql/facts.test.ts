import { beforeAll, expect, test } from 'vitest'
import { analyse } from '../../src/sql/analyse.js'
import { initParser } from '../../src/sql/parser.js'

beforeAll(() => initParser())

const facts = (sql: string) => {
  const analysis = analyse(sql, undefined, { predicates: 'equality' })
  expect(analysis.syntax, sql).toBeUndefined()
  return analysis.statements
}

/** A text, its statement's own kind and then all kinds in it, in any order. */
const kinds: readonly (readonly [sql: string, kind: string, ...others: string[]])[] = [
  ['select 1', 'select'],
  ['TABLE t', 'select'],
  ['values (1)', 'values'],
  ['/* drop */ select 1 -- delete', 'select'],
  ['with d as (delete from t returning *) select * from d', 'select', 'delete'],
  [
    'with i as (insert into t values (1) returning id), u as (update t set a = 1) select 1',
    'select',
    'insert',
    'update',
    'values',
  ],
  ['select * from (with x as (select 1) select * from x) s', 'select'],
  ['select * from t for update', 'select', 'lock'],
  ['select * into x from t', 'select', 'create'],
  ['insert into t select * from u', 'insert', 'select'],
  ['insert into t values (1) on conflict (a) do update set b = 1', 'insert', 'update', 'values'],
  ['insert into t values (1) on conflict do nothing', 'insert', 'values'],
  ['update t set a = 1', 'update'],
  ['delete from t', 'delete'],
  [
    'merge into t using s on true when matched then delete when not matched then insert values (1)',
    'merge',
    'delete',
    'insert',
  ],
  ['explain delete from t', 'explain'],
  ['explain (analyze false) delete from t', 'explain'],
  ['explain analyze delete from t', 'explain', 'delete'],
  ['explain (costs off, analyze) delete from t', 'explain', 'delete'],
  ['explain (analyze 1) with d as (delete from t) select 1', 'explain', 'select', 'delete'],
  ['prepare p as delete from t', 'prepare', 'delete'],
  ['execute p(1)', 'execute'],
  ['deallocate all', 'deallocate'],
  ['declare c cursor for select 1', 'declare', 'select'],
  ['fetch all from c', 'fetch'],
  ['move 3 in c', 'move'],
  ['close c', 'close'],
  ['copy t to stdout', 'copy'],
  ['copy (delete from t returning *) to stdout', 'copy', 'delete'],
  ['copy t from stdin', 'copy'],
  ['create table x as select 1', 'create', 'select'],
  ['create table x as execute p', 'create', 'execute'],
  ['create view v as select 1', 'create', 'select'],
  ['create rule r as on insert to t do also delete from u', 'create', 'delete'],
  ["create function f() returns int language sql as 'delete from t'", 'create', 'delete'],
  ['create function f() returns int begin atomic select 1; end', 'create', 'select'],
  ['create procedure f() language sql as $$ drop table x $$', 'create', 'drop'],
  ['create index on t (a)', 'create'],
  ['create extension vector', 'create'],
  ['create database d', 'create'],
  ['drop database d', 'drop'],
  ['drop table t', 'drop'],
  ['drop owned by u', 'drop'],
  ['drop role u', 'drop'],
  ['alter table t rename to u', 'alter'],
  ['alter table t add a int', 'alter'],
  ['alter role r set x = 1', 'alter'],
  ['alter system set x = 1', 'alter'],
  ['alter default privileges grant select on tables to u', 'alter', 'grant'],
  ['grant select on t to u', 'grant'],
  ['revoke select on t from u', 'revoke'],
  ['grant a to b', 'grant'],
  ['truncate t', 'truncate'],
  ["comment on table t is 'x'", 'comment'],
  ['security label on table t is null', 'security'],
  ['begin', 'begin'],
  ['start transaction', 'begin'],
  ['commit', 'commit'],
  ['end', 'commit'],
  ['rollback', 'rollback'],
  ['abort', 'rollback'],
  ['savepoint a', 'savepoint'],
  ['release a', 'release'],
  ['rollback to a', 'rollback'],
  ["prepare transaction 'x'", 'prepare'],
  ['set a.b = 1', 'set'],
  ['set transaction read only', 'set'],
  ['reset all', 'reset'],
  ['show all', 'show'],
  ['discard all', 'discard'],
  ['listen a', 'listen'],
  ['notify a', 'notify'],
  ['unlisten a', 'unlisten'],
  ['lock table t', 'lock'],
  ['vacuum t', 'vacuum'],
  ['analyze t', 'analyze'],
  ['reindex table t', 'reindex'],
  ['cluster t', 'cluster'],
  ['refresh materialized view v', 'refresh'],
  ['checkpoint', 'checkpoint'],
  ["load 'x'", 'load'],
  ['import foreign schema a from server b into c', 'import'],
  ['reassign owned by a to b', 'reassign'],
  ['call f()', 'call'],
  ['do $$ begin perform 1; end $$', 'do', 'select'],
  ['do $$ begin delete from t; insert into t values (1); commit; end $$', 'do', 'delete', 'insert', 'values', 'commit'],
  ["do $$ begin execute 'drop table t'; end $$", 'do', 'dynamic'],
  ["do $$ declare r record; begin for r in execute 'x' loop null; end loop; end $$", 'do', 'dynamic'],
  ["do $$ declare c refcursor; begin open c for execute 'x'; end $$", 'do', 'dynamic'],
  ['do $$ declare x int; begin x := (select count(*) from t); end $$', 'do', 'select'],
  ["do $$ declare x int[]; begin x[f('drop')] := 1; end $$", 'do', 'dynamic'],
  ['do language plpython3u $$ drop $$', 'do', 'dynamic'],
  ['do $$ this is not plpgsql $$', 'do', 'dynamic'],
]

test.for(kinds)('%s is %s', ([sql, kind, ...others]) => {
  const [statement] = facts(sql)
  expect(statement?.kind).toBe(kind)
  expect(statement?.kinds[0]).toBe(kind)
  expect([...(statement?.kinds ?? [])].sort()).toEqual([kind, ...others].sort())
})

test.for<readonly [sql: string, reads: string[], writes: string[]]>([
  ['select * from a.b, c join d on true', ['a.b', 'c', 'd'], []],
  ['with t as (select * from u) select * from t', ['u'], []],
  ['with t as (select * from t) select * from t', ['t'], []],
  ['with recursive t as (select 1 union select * from t) select * from t', [], []],
  ['with t as (select 1) select * from s.t', ['s.t'], []],
  ['with t as (select 1) delete from t where a in (select b from t)', ['t'], ['t']],
  ['select 1 where exists (select from x)', ['x'], []],
  ['insert into t select * from u', ['u'], ['t']],
  ['insert into t values (1) returning *', ['t'], ['t']],
  ['update t set a = u.a from u', ['t', 'u'], ['t']],
  ['delete from t using u', ['t', 'u'], ['t']],
  ['merge into t using u on true when matched then delete', ['t', 'u'], ['t']],
  ['copy t to stdout', ['t'], []],
  ['copy t from stdin', [], ['t']],
  ['copy (select * from t) to stdout', ['t'], []],
  ['explain delete from t using u', ['t', 'u'], []],
  ['explain analyze delete from t', ['t'], ['t']],
  ['create table x as select * from y', ['y'], ['x']],
  ['select * into x from y', ['y'], ['x']],
  ['create view v as select * from y', ['y'], ['v']],
  ['drop table a.b, c', [], ['a.b', 'c']],
  ['drop trigger g on t', [], ['t']],
  ["comment on column s.t.a is 'x'", [], ['s.t']],
  ['truncate t, u', [], ['t', 'u']],
  ['lock table t', ['t'], []],
  ['alter table t add a int', [], ['t']],
  ['create index on t (a)', [], ['t']],
  ['select * from t for update of t', ['t'], []],
  ['do $$ begin insert into t select * from u; end $$', ['u'], ['t']],
  ['prepare p as select * from t', ['t'], []],
  ['select * from ((select * from a) union (with b as (select 1) select * from b)) s', ['a'], []],
])('%s reads %j and writes %j', ([sql, reads, writes]) => {
  const [statement] = facts(sql)
  expect([...(statement?.reads ?? [])].sort()).toEqual(reads)
  expect([...(statement?.writes ?? [])].sort()).toEqual(writes)
})

test.for<readonly [sql: string, where: string]>([
  ['select 1', 'none'],
  ['update t set a = 1', 'missing'],
  ['update t set a = 1 where b', 'present'],
  ['delete from t', 'missing'],
  ['with d as (delete from t) update u set a = 1 where b', 'missing'],
  ['explain delete from t', 'none'],
  ['explain analyze delete from t', 'missing'],
  ['do $$ begin delete from t; end $$', 'missing'],
  ['prepare p as delete from t', 'missing'],
])('%s has a WHERE that is %s', ([sql, where]) => {
  expect(facts(sql)[0]?.where).toBe(where)
})

test.for<readonly [sql: string, limit: number | 'all' | 'unknown']>([
  ['select 1', 'all'],
  ['select 1 limit 5', 5],
  ['select 1 limit 0', 0],
  ['select 1 fetch first row only', 1],
  ['select 1 fetch first 7 rows only', 7],
  ['select 1 order by 1 fetch first 7 rows with ties', 'unknown'],
  ['select 1 limit all', 'all'],
  ['select 1 limit null', 'all'],
  ['select 1 limit $1', 'unknown'],
  ['select 1 limit 1 + 1', 'unknown'],
  ['select 1 limit (select 5)', 'unknown'],
  ['select 1 limit 99999999999', 99_999_999_999],
  ['select 1 limit 1e9', 1e9],
  ["select 1 limit '5'", 'unknown'],
  ['select * from (select 1 limit 5) s', 'all'],
  ['(select 1 limit 5) union all select 2', 'all'],
  ['select 1 union all select 2 limit 5', 5],
  ['select count(*) from t', 1],
  ['select round(avg(length(a) + 1), 2), count(*)::text, max(b) from t where c > 1 having count(*) > 2', 1],
  ['select count(*) filter (where a > 1) from t', 1],
  ["select count(*), 'a'::text + 'b' from t", 'all'],
  ["select count(*), ('(1)'::t).f from t", 'all'],
  ['select count(*), t.f from t', 'all'],
  ['select count(*), length(max(a)) from t', 'all'],
  ['copy (select count(*) from t) to stdout', 1],
  ['select count(a) from t', 'all'],
  ['select count(*) from t group by a', 'all'],
  ['select count(*) from t group by ()', 'all'],
  ['select count(*) over () from t', 'all'],
  ['select a, (select count(*) from t) from t', 'all'],
  ['select count(*), array_agg(a) from t', 'all'],
  ['select count(*), generate_series(1, 9) from t', 'all'],
  ['select count(*) from t order by generate_series(1, 9)', 'all'],
  ['select count(*), s.max(1) from t', 'all'],
  ['select count(*), array(select a from t) from t', 'all'],
  ['select count(*) from t union all select a from t', 'all'],
  ['copy (select 1 limit 5) to stdout', 5],
  ['copy t to stdout', 'all'],
  ['declare c cursor for select 1 limit 5', 5],
  ['fetch 10 from c', 0],
  ['fetch all from c', 0],
  ['execute p', 0],
  ['delete from t', 0],
  ['delete from t returning *', 'all'],
  ['begin', 0],
])('%s is limited to %s', ([sql, limit]) => {
  expect(facts(sql)[0]?.limit).toBe(limit)
})

test('functions are reported as written', () => {
  expect(facts('select lower(a), s.f(1), count(*) from g(2) where exists (select h())')[0]?.functions).toEqual([
    'lower',
    's.f',
    'count',
    'g',
    'h',
  ])
  expect(facts('do $$ begin perform pg_sleep(1); end $$')[0]?.functions).toEqual(['pg_sleep'])
})

test('every statement of a text is reported', () => {
  expect(facts('begin; drop table t; commit').map(({ kind }) => kind)).toEqual(['begin', 'drop', 'commit'])
})

test('what changes the schema says so', () => {
  const ddl = (sql: string) => facts(sql)[0]?.ddl
  for (const sql of [
    'create table t ()',
    'drop view v',
    'alter table t add a int',
    'select 1 into x',
    "do $$ begin execute 'x'; end $$",
  ]) {
    expect(ddl(sql), sql).toBe(true)
  }
  for (const sql of [
    'select 1',
    'insert into t values (1)',
    'begin',
    'explain create table x as select 1',
    'comment on table t is null',
  ]) {
    expect(ddl(sql), sql).toBe(false)
  }
})

test.for([
  ['copy t to stdout', { direction: 'out', format: 'text', delimiter: '\t', nullText: '\\N', header: false }],
  ['copy t from stdin csv', { direction: 'in', format: 'csv', delimiter: ',', quote: '"', escape: '"', nullText: '' }],
  [
    "copy t to stdout with (format csv, header, delimiter ';', quote '''', null 'nix')",
    { format: 'csv', header: true, delimiter: ';', quote: "'", escape: "'", nullText: 'nix' },
  ],
  ["copy t to stdout (format 'csv', header off, escape '\\')", { format: 'csv', header: false, escape: '\\' }],
  ['copy t to stdout binary', { format: 'binary' }],
] as const)('%s is understood', ([sql, expected]) => {
  expect(facts(sql)[0]?.copy).toMatchObject(expected)
})

test('a text that is nested too deeply to be walked is refused, not fatal', () => {
  const analysis = analyse(`select ${Array(8000).fill('a').join(' + ')}`, undefined, { predicates: 'deny' })
  expect(analysis.syntax ?? analysis.statements[0]).toBeDefined()
})

test.for([
  'set standard_conforming_strings = off',
  'set local standard_conforming_strings to off',
  "set client_encoding = 'SJIS'",
  "set names 'latin1'",
  "select set_config('standard_conforming_strings', 'off', false)",
  'select set_config($1, $2, false)',
  "select set_config(name, 'off', false) from pg_settings where name = 'restrict_nonsystem_relation_kind'",
  'alter role r set standard_conforming_strings = off',
  'do $$ begin set standard_conforming_strings = off; end $$',
])('%s would change how SQL is read', (sql) => {
  expect(facts(sql)[0]?.unproven?.code).toBe('SETTING_PINNED')
})

test.for([
  "update pg_settings set setting = 'off'",
  "update pg_catalog.pg_class set relname = 'x'",
  'with x as (delete from pg_proc returning 1) select 1',
  "merge into pg_attribute a using t on t.id = a.attnum when matched then update set attname = 'x'",
  'insert into pg_catalog.pg_enum select 1',
  'copy pg_class from stdin',
  'create temp view v as select name, setting from pg_settings',
  'create or replace view v as select * from pg_catalog.pg_class',
  "create rule r as on insert to t do also update pg_settings set setting = 'off'",
  "prepare x as update pg_class set relname = 'x'",
  "explain analyze update pg_class set relname = 'x'",
  "do $$ begin update pg_class set relname = 'x'; end $$",
  `create function f() returns void language sql as $$ update pg_class set relname = 'x' $$`,
])('%s would change the server’s own catalogs', (sql) => {
  expect(facts(sql)[0]?.unproven?.code).toBe('CATALOG_PROTECTED')
})

test.for([
  'create view v as select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace',
  'create view v as select pid, query from pg_stat_activity a, other',
  'create table t as select * from pg_class',
  'select * from pg_class for share',
  'lock table pg_class in access share mode',
  'analyze pg_catalog.pg_class',
  'insert into columns values (1)',
])('%s changes nothing of them', (sql) => {
  expect(facts(sql)[0]?.unproven).toBeUndefined()
})

test.for([
  "set client_encoding = 'UTF8'",
  "set names 'utf8'",
  'set standard_conforming_strings = on',
  'set search_path = a, b',
  "select set_config('search_path', '', false)",
  "select set_config(name, 'view, foreign-table', false) from pg_settings where name = 'restrict_nonsystem_relation_kind'",
  "set timezone = 'UTC'",
  'reset all',
])('%s may be done', (sql) => {
  expect(facts(sql)[0]?.unproven).toBeUndefined()
})
