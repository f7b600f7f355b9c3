import { beforeAll, expect, test } from 'vitest'
import type { RuleConditions, RuleConfig } from '../../../src/policy/config/schema.js'
import { candidates } from '../../../src/policy/rules/matching.js'
import { refusalBy } from '../../../src/policy/rules/refusal.js'
import { statementKinds } from '../../../src/policy/statement-kinds.js'
import { analyse } from '../../../src/sql/analyse.js'
import { initParser } from '../../../src/sql/parser.js'

beforeAll(() => initParser())

const factsOf = (text: string) => {
  const { statements, syntax } = analyse(text, undefined, { predicates: 'deny' })
  expect(syntax).toBeUndefined()
  return statements
}

const rule = (when: RuleConditions, name = 'a-rule'): RuleConfig => ({ name, when, do: 'block' })

const blockedBy = (rules: readonly RuleConfig[], facts: ReturnType<typeof factsOf>) => candidates(rules, facts)[0]?.rule

const first = (one: RuleConfig, text: string) => candidates([one], factsOf(text))[0]!

const blocked = (when: RuleConditions, text: string) => blockedBy([rule(when)], factsOf(text)) !== undefined

test.for<[when: RuleConditions, text: string, blocked: boolean]>([
  [{ statement: ['drop', 'truncate'] }, 'DROP TABLE a', true],
  [{ statement: ['drop', 'truncate'] }, 'dRoP/**/TaBlE a', true],
  [{ statement: ['drop', 'truncate'] }, 'SELECT 1; TRUNCATE a', true],
  [{ statement: ['drop', 'truncate'] }, 'SELECT $$DROP TABLE a$$', false],
  [{ statement: ['drop'] }, 'DO $$ BEGIN DROP TABLE a; END $$', true],
  [{ statement: ['drop'] }, "DO $$ BEGIN EXECUTE 'dr' || 'op table a'; END $$", true],
  [{ statement: ['delete'] }, 'WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone', true],
  [{ statement: ['delete'] }, 'EXPLAIN ANALYZE DELETE FROM a', true],
  [{ statement: ['delete'] }, 'EXPLAIN DELETE FROM a', false],
  [{ statement: ['delete'] }, 'PREPARE p AS DELETE FROM a', true],
  [{ statement: ['copy'] }, 'COPY (SELECT 1) TO STDOUT', true],
  [{ statement: ['update', 'delete'], where: 'missing' }, 'UPDATE a SET b = 1', true],
  [{ statement: ['update', 'delete'], where: 'missing' }, 'UPDATE a SET b = 1 WHERE c', false],
  [{ where: 'missing' }, 'WITH x AS (DELETE FROM a) UPDATE a SET b = 1 WHERE c', true],
  [{ where: 'missing' }, 'SELECT * FROM a', false],
  [{ reads: ['documents'] }, 'SELECT * FROM public.documents', true],
  [{ reads: ['documents'] }, 'SELECT * FROM other', false],
  [{ reads: ['documents'] }, 'WITH documents AS (SELECT 1) SELECT * FROM documents', false],
  [{ writes: ['documents'] }, 'INSERT INTO documents SELECT 1', true],
  [{ writes: ['documents'] }, 'SELECT * FROM documents', false],
  [{ functions: ['pg_sleep'] }, 'SELECT pg_catalog.pg_sleep(1)', true],
  [{ functions: ['pg_sleep'] }, 'SELECT a FROM b WHERE PG_SLEEP(1) IS NULL', true],
  [{ functions: ['pg_sleep'] }, "SELECT 'pg_sleep(1)'", false],
  [{ reads: ['documents'], limit_over: 100 }, 'SELECT * FROM documents', true],
  [{ reads: ['documents'], limit_over: 100 }, 'TABLE documents', true],
  [{ reads: ['documents'], limit_over: 100 }, 'SELECT * FROM documents LIMIT 100', false],
  [{ reads: ['documents'], limit_over: 100 }, 'SELECT * FROM documents LIMIT 101', true],
  [{ reads: ['documents'], limit_over: 100 }, 'SELECT * FROM documents LIMIT 1e9', true],
  [{ reads: ['documents'], limit_over: 100 }, 'SELECT * FROM documents LIMIT ALL', true],
  [{ reads: ['documents'], limit_over: 100 }, 'SELECT * FROM documents LIMIT $1', true],
  [{ reads: ['documents'], limit_over: 100 }, 'SELECT * FROM other', false],
  [{ reads: ['documents'], limit_over: 100 }, 'COPY documents TO STDOUT', true],
])('%o on %s: %s', ([when, text, expected]) => {
  expect(blocked(when, text)).toBe(expected)
})

test('the first rule of the file that applies is named, with its own words where it has some', () => {
  const rules = [rule({ statement: ['drop'] }, 'no-drop'), rule({ writes: ['a'] }, 'not-a')]
  expect(blockedBy(rules, factsOf('INSERT INTO a VALUES (1); DROP TABLE b'))?.name).toBe('no-drop')
  expect(blockedBy(rules, factsOf('INSERT INTO a VALUES (1)'))?.name).toBe('not-a')
  expect(blockedBy(rules, factsOf('SELECT 1'))).toBeUndefined()
  expect(refusalBy(first(rules[0]!, 'DROP TABLE b'))).toMatchObject({
    ...{ code: 'STATEMENT_BLOCKED', sqlstate: '42501', detail: 'The rule is no-drop.' },
    message: 'the policy forbids this statement: rule no-drop (drop)',
  })
  const own = { ...rules[0]!, message: 'tables stay', hint: 'Ask the DBA.' }
  expect(refusalBy(first(own, 'DROP TABLE b'))).toMatchObject({
    message: 'the policy forbids this statement: tables stay',
    hint: 'Ask the DBA.',
  })
})

test.for([
  ['its body puts SQL together at run time', "DO $$ BEGIN EXECUTE 'x'; END $$"],
  [
    'its body puts SQL together at run time',
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'x'; RETURN 1; END $$",
  ],
  ['it is in plperl, which can’t be read', "DO LANGUAGE plperl '1'"],
  ['it is in c, which can’t be read', "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'l', 'f'"],
  ['its body can’t be read', 'DO $$ nonsense $$'],
  ['dblink runs SQL that it is given', "SELECT dblink('x')"],
] as const)('a rule that applies since %s says so: %s', ([why, text]) => {
  const own = { ...rule({ statement: ['drop'] }, 'no-drop'), message: 'tables stay' }
  expect(refusalBy(first(own, text))).toMatchObject({
    message: `the policy forbids this statement: rule no-drop may apply: ${why}`,
    detail: 'The rule is no-drop: tables stay.',
  })
})

test('it says what helps: a function to be made by an administrator, a block to be sent in parts', () => {
  const hint = (text: string) => refusalBy(first(rule({ statement: ['drop'] }, 'no-drop'), text)).hint
  const body = "LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'x'; END $$"
  expect(hint(`CREATE FUNCTION f() RETURNS void ${body}`)).toContain('create it on the database itself')
  expect(hint(`DO ${body.replace('AS ', '')}`)).toContain('one by one')
  expect(hint("SELECT dblink('x')")).toContain('trusted_functions')
})

test('a rule that applies to what can be read says nothing of what can’t', () => {
  const own = { ...rule({ statement: ['drop'] }, 'no-drop'), message: 'tables stay' }
  const text = "DO $$ BEGIN DROP TABLE a; EXECUTE 'x'; END $$"
  expect(refusalBy(first(own, text)).message).toBe('the policy forbids this statement: tables stay')
})

/** One statement of each kind that a rule may name: a kind that the analyser never reports would make a rule that never applies. */
const examples = `
  SELECT 1; VALUES (1); INSERT INTO a VALUES (1); UPDATE a SET b = 1; DELETE FROM a; TRUNCATE a; COPY a TO STDOUT; CALL p();
  MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE; DO 'BEGIN END'; CREATE TABLE a (); ALTER TABLE a ADD b int;
  DROP TABLE a; COMMENT ON TABLE a IS ''; GRANT SELECT ON a TO b; REVOKE SELECT ON a FROM b; REASSIGN OWNED BY a TO b;
  SECURITY LABEL ON TABLE a IS ''; IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c; REFRESH MATERIALIZED VIEW a; REINDEX TABLE a;
  BEGIN; COMMIT; ROLLBACK; SAVEPOINT a; RELEASE a; PREPARE a AS SELECT 1; EXECUTE a; DEALLOCATE a; FETCH a; MOVE a; CLOSE a;
  DECLARE a CURSOR FOR SELECT 1; EXPLAIN SELECT 1; ANALYZE a; VACUUM a; CLUSTER a; CHECKPOINT; LOCK a; LOAD 'a'; LISTEN a;
  NOTIFY a; UNLISTEN a; SET a = 1; RESET a; SHOW a; DISCARD ALL;
  CREATE INDEX ON a USING hnsw (b); CREATE VIEW a AS SELECT 1; CREATE MATERIALIZED VIEW a AS SELECT 1;
  CREATE FUNCTION a() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE a() LANGUAGE sql AS 'SELECT 1';
  CREATE TRIGGER a AFTER INSERT ON b EXECUTE FUNCTION c(); CREATE RULE a AS ON INSERT TO b DO NOTHING; CREATE POLICY a ON b;
  CREATE SCHEMA a; CREATE EXTENSION a; CREATE USER a; CREATE DATABASE a; CREATE SERVER a FOREIGN DATA WRAPPER b;
  CREATE USER MAPPING FOR a SERVER b; CREATE FOREIGN TABLE a (b int) SERVER c; CREATE PUBLICATION a FOR ALL TABLES;
  CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c; CREATE EVENT TRIGGER a ON ddl_command_end EXECUTE FUNCTION b();
  CREATE LANGUAGE a HANDLER b; CREATE SEQUENCE a; CREATE AGGREGATE a (int) (sfunc = b, stype = int);
  CREATE OPERATOR + (function = a, leftarg = int); CREATE TABLESPACE a LOCATION 'b';
  ALTER VIEW a RENAME TO b; ALTER INDEX a RENAME TO b; ALTER ROLE a LOGIN; ALTER SYSTEM SET a = 1;
  ALTER DATABASE a SET b = 1; ALTER SCHEMA a RENAME TO b; ALTER EXTENSION a UPDATE; ALTER FUNCTION a() STABLE;
  ALTER POLICY a ON b USING (true); ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a; ALTER PUBLICATION a ADD TABLE b;
  ALTER SUBSCRIPTION a DISABLE; ALTER SERVER a OPTIONS (b 'c'); ALTER USER MAPPING FOR a SERVER b OPTIONS (c 'd');
  ALTER EVENT TRIGGER a DISABLE; ALTER TABLE a ALTER b TYPE text, SET LOGGED, OWNER TO c, DISABLE TRIGGER ALL,
    DISABLE ROW LEVEL SECURITY, DROP COLUMN d, DROP CONSTRAINT e; DROP INDEX a; DROP VIEW a; DROP MATERIALIZED VIEW a;
  DROP SCHEMA a; DROP DATABASE a; DROP ROLE a; DROP OWNED BY a; DROP EXTENSION a; DROP FUNCTION a; DROP PROCEDURE a;
  DROP TRIGGER a ON b; DROP POLICY a ON b; DROP SEQUENCE a; DROP EVENT TRIGGER a; DROP PUBLICATION a; DROP SUBSCRIPTION a;
  GRANT a TO b; REVOKE a FROM b; SET ROLE a; SET SESSION AUTHORIZATION a; EXPLAIN ANALYZE SELECT 1; VACUUM FULL a;
  COPY a FROM STDIN; COPY a FROM '/b'; COPY a TO PROGRAM 'c'`

test('every kind that a rule may name is one that the analyser reports', () => {
  const reported = new Set(factsOf(examples).flatMap(({ kinds, details }) => [...kinds, ...details]))
  // Which index is dropped is known from the catalog alone.
  expect(statementKinds.filter((kind) => !reported.has(kind))).toEqual(['drop vector index'])
})
