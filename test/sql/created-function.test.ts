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

test.for([
  ['that returns a value', 'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$'],
  [
    'of a trigger',
    'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := 1; IF TG_OP = $i$x$i$ THEN RETURN OLD; END IF; RETURN NEW; END $$',
  ],
  [
    'of an event trigger',
    'CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN ASSERT TG_TAG IS NULL; END $$',
  ],
  [
    'with parameters',
    'CREATE FUNCTION s.f(a int, INOUT "B ""c" text[] = $d${}$d$, VARIADIC public.x[]) LANGUAGE plpgsql AS $$ BEGIN a := $3[1]; "B ""c" := NULL; END $$',
  ],
  [
    'that returns a table',
    'CREATE FUNCTION f() RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN a := 1; RETURN NEXT; RETURN QUERY SELECT 1, b; END $$',
  ],
  [
    'of a row’s type',
    'CREATE FUNCTION f(p people) RETURNS SETOF people LANGUAGE plpgsql AS $$ BEGIN p.x := 1; RETURN NEXT p; END $$',
  ],
  ['of a procedure', 'CREATE PROCEDURE f(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN a := 1; COMMIT; END $$'],
] as const)('a body in PL/pgSQL %s is read as the function’s', ([, sql]) => {
  expect(facts(sql).kinds).not.toContain('dynamic')
  expect(facts(sql.replaceAll('BEGIN', 'BEGIN DROP TABLE gone;')).kinds).toContain('drop')
})
