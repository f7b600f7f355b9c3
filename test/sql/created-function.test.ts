import { beforeAll, expect, test } from 'vitest'
import { analyse } from '../../src/sql/analyse.js'
import { initParser } from '../../src/sql/parser.js'

beforeAll(initParser)

const facts = (sql: string) => analyse(sql, undefined, { predicates: 'deny' }).statements[0]!

test.for([
  ['in SQL', "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM secret.t'"],
  [
    'in SQL, of several statements',
    'CREATE FUNCTION f() RETURNS int LANGUAGE SQL AS $$ SELECT 1; SELECT a FROM secret.t $$',
  ],
  ['in SQL, BEGIN ATOMIC', 'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a FROM secret.t; END'],
  ['in SQL, RETURN', 'CREATE FUNCTION f() RETURNS int RETURN (SELECT a FROM secret.t)'],
  ['in PL/pgSQL', 'CREATE PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN PERFORM a FROM secret.t; END $$'],
] as const)('what a function %s reads counts for the one who creates it', ([, sql]) => {
  expect(facts(sql).reads).toContain('secret.t')
  expect(facts(sql).kinds).toContain('create')
})

test('and so do the statements in it', () => {
  expect(facts("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM t'")).toMatchObject({
    kinds: expect.arrayContaining(['create', 'delete']) as string[],
    writes: ['t'],
    where: 'missing',
  })
})

test.for([
  ['another language', "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'return 1'"],
  ['C', "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'lib', 'f'"],
  ['dynamic SQL', 'CREATE PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN EXECUTE x; END $$'],
  ['a text that doesn’t parse', "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'nonsense'"],
] as const)('a function of %s may do anything', ([, sql]) => expect(facts(sql).kinds).toContain('dynamic'))
