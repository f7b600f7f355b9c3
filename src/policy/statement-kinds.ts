/** The first words of PostgreSQL's commands, as the analyser reports them. */
const commands = [
  ...['select', 'values', 'insert', 'update', 'delete', 'merge', 'truncate', 'copy', 'call', 'do'],
  ...['create', 'alter', 'drop', 'comment', 'grant', 'revoke', 'reassign', 'security', 'import', 'refresh', 'reindex'],
  ...['begin', 'commit', 'rollback', 'savepoint', 'release', 'prepare', 'execute', 'deallocate', 'declare', 'fetch'],
  ...['move', 'close', 'explain', 'analyze', 'vacuum', 'cluster', 'checkpoint', 'lock', 'load', 'listen', 'notify'],
  ...['unlisten', 'set', 'reset', 'show', 'discard'],
] as const

/** Commands and parts of them that are told apart from others of the same first word. */
const detailed = [
  ...['create table', 'create index', 'create view', 'create materialized view', 'create function'],
  ...['create procedure', 'create trigger', 'create rule', 'create policy', 'create schema', 'create extension'],
  ...['create role', 'create database', 'create server', 'create user mapping', 'create foreign table'],
  ...['create publication', 'create subscription', 'create event trigger', 'create language', 'create sequence'],
  ...['create aggregate', 'create operator', 'create tablespace'],
  ...['alter table', 'alter view', 'alter index', 'alter role', 'alter system', 'alter database', 'alter schema'],
  ...['alter extension', 'alter function', 'alter policy', 'alter default privileges', 'alter publication'],
  ...['alter subscription', 'alter server', 'alter user mapping', 'alter event trigger', 'alter column type'],
  ...['rewrite table', 'change owner', 'disable trigger', 'disable row security'],
  ...['drop table', 'drop index', 'drop view', 'drop materialized view', 'drop schema', 'drop database', 'drop role'],
  ...['drop owned', 'drop extension', 'drop function', 'drop procedure', 'drop trigger', 'drop policy', 'drop column'],
  ...['drop constraint', 'drop sequence', 'drop event trigger', 'drop publication', 'drop subscription'],
  ...['vector index', 'drop vector index'],
  ...['grant role', 'revoke role', 'set role', 'set session authorization', 'explain analyze', 'vacuum full'],
  ...['lock table', 'lock out writers', 'copy to', 'copy from', 'copy file', 'copy program'],
] as const

/** The statement kinds that a rule may name. */
export const statementKinds = [...commands, ...detailed] as const
