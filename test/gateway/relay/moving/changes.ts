import { masked, pin } from './canaries.js'

/** What somebody else does to the schema. */
export interface Change {
  readonly sql: string
  /**
   * What keeps it away while a statement runs that was planned before: `lock` a lock on a relation; `plan` nothing, but what
   * is planned doesn't see it; `nothing` nothing at all, as with functions and what is made of them.
   */
  readonly heldBy: 'lock' | 'plan' | 'nothing'
}

/** Queries that views may have: harmless, masked, derived, forbidden. */
const bodies = [
  'SELECT id, name AS x FROM public.people',
  'SELECT id, x FROM public.plain',
  'SELECT id, ssn AS x FROM public.people',
  'SELECT id, md5(ssn) AS x FROM public.people',
  'SELECT p.id, p.ssn AS x FROM public.people p JOIN public.next_plain USING (id)',
  'SELECT id, word AS x FROM public.secrets',
  'SELECT id, CASE WHEN id = 1 THEN ssn ELSE name END AS x FROM public.people',
  'SELECT id, reverse(q.s) AS x FROM (SELECT id, ssn AS s FROM public.people) q',
  'SELECT id, pin::text AS x FROM public.people',
]

/** Bodies of `f(int)` and its kind, which return text. */
const results = [
  `SELECT 'other ' || $1`,
  'SELECT ssn FROM public.people WHERE id = $1',
  'SELECT word FROM public.secrets WHERE id = $1',
  'SELECT upper(ssn) FROM public.people WHERE id = $1',
]

const f = (name: string, argument: string, result: string): string =>
  `CREATE OR REPLACE FUNCTION ${name}(${argument}) RETURNS text LANGUAGE sql STABLE AS $$${result}$$`

/** As dbt replaces a view, or a table by a view: the new one beside the old one, then both are renamed. */
const swapped = (name: string, body: string): string =>
  `CREATE VIEW ${name}__tmp AS ${body}; ALTER TABLE ${name} RENAME TO ${name}__old;
   ALTER TABLE ${name}__tmp RENAME TO ${name}; DROP TABLE IF EXISTS pg_temp.none; DROP VIEW ${name}__old CASCADE`

const under = (name: string, other: string): string =>
  `ALTER TABLE ${name} RENAME TO ${name}_aside; ALTER TABLE ${other} RENAME TO ${name}; ALTER TABLE ${name}_aside RENAME TO ${other}`

const columns = (table: string, one: string, other: string): string =>
  `ALTER TABLE ${table} RENAME ${one} TO aside; ALTER TABLE ${table} RENAME ${other} TO ${one}; ALTER TABLE ${table} RENAME aside TO ${other}`

/** Each is one transaction, so that it happens at one instant. Those whose objects aren't there any more do nothing. */
const locked: readonly string[] = [
  ...bodies.flatMap((body) => [
    `CREATE OR REPLACE VIEW v AS ${body}`,
    swapped('v', body),
    `DROP VIEW v CASCADE; CREATE VIEW v AS ${body}; CREATE VIEW vv AS SELECT * FROM v`,
    `CREATE OR REPLACE VIEW w AS ${body}`,
    `DROP TABLE plain CASCADE; CREATE VIEW plain AS ${body}`,
  ]),
  'CREATE OR REPLACE VIEW alt.w AS SELECT id, ssn AS x FROM public.people',
  'DROP VIEW w; ALTER VIEW alt.sealed RENAME TO w; ALTER VIEW alt.w SET SCHEMA public',
  'DROP VIEW IF EXISTS alt.w; ALTER VIEW alt.sealed RENAME TO w; ALTER SCHEMA public RENAME TO aside; ALTER SCHEMA alt RENAME TO public; ALTER SCHEMA aside RENAME TO alt',
  'ALTER SCHEMA public RENAME TO aside; ALTER SCHEMA alt RENAME TO public; ALTER SCHEMA aside RENAME TO alt',
  'DROP VIEW v CASCADE; CREATE TABLE v (id int, x text); INSERT INTO v SELECT id, name FROM people',
  'DROP TABLE v; CREATE VIEW v AS SELECT id, name AS x FROM people; CREATE VIEW vv AS SELECT * FROM v',
  `ALTER TABLE people RENAME ssn TO x; ${under('plain', 'people')}`,
  `${under('plain', 'people')}; ALTER TABLE people RENAME x TO ssn`,
  under('plain', 'next_plain'),
  under('plain', 'secrets'),
  'DROP VIEW plain; CREATE TABLE plain (id int PRIMARY KEY, x text)',
  columns('people', 'name', 'ssn'),
  columns('plain', 'id', 'x'),
  'ALTER TABLE people RENAME ssn TO called',
  'ALTER TABLE people RENAME called TO ssn',
  'ALTER TABLE people ADD more int; ALTER TABLE plain ADD more int',
  'ALTER TABLE people DROP more; ALTER TABLE plain DROP more',
  'ALTER TABLE plain ALTER id TYPE bigint',
  'ALTER TABLE plain ALTER id TYPE int',
  'ALTER TABLE plain ADD g text GENERATED ALWAYS AS (x) STORED',
  'ALTER TABLE people ADD copy text GENERATED ALWAYS AS (ssn) STORED; ALTER TABLE people RENAME name TO called_name; ALTER TABLE people RENAME copy TO name',
  'ALTER TABLE people DROP name; ALTER TABLE people RENAME called_name TO name',
  'CREATE RULE tells AS ON INSERT TO plain DO ALSO SELECT id, ssn FROM people',
  'CREATE RULE tells AS ON UPDATE TO plain DO INSTEAD SELECT id, word FROM secrets',
  'DROP RULE tells ON plain',
  'CREATE TRIGGER tells BEFORE INSERT OR UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION public.telling()',
  'DROP TRIGGER tells ON plain',
  'ALTER VIEW over_base RENAME TO over_base_old; CREATE VIEW over_base AS SELECT id, ssn FROM people',
  'DROP VIEW over_base; ALTER VIEW over_base_old RENAME TO over_base',
  'ALTER TYPE boxed RENAME ATTRIBUTE a TO c CASCADE; ALTER TYPE boxed RENAME ATTRIBUTE b TO a CASCADE; ALTER TYPE boxed RENAME ATTRIBUTE c TO b CASCADE',
]

const parts: readonly string[] = [
  'ALTER TABLE people INHERIT base',
  'ALTER TABLE people NO INHERIT base',
  `ALTER TABLE bed INHERIT people; INSERT INTO bed VALUES (9, 'bed', '${masked[0]}', ${pin})`,
  `CREATE TABLE bed_two () INHERITS (people); INSERT INTO bed_two VALUES (8, 'two', '${masked[1]}', ${pin})`,
  `ALTER TABLE patients ATTACH PARTITION ward FOR VALUES IN (1); INSERT INTO patients VALUES (1, '${masked[2]}')`,
  `CREATE TABLE further () INHERITS (base); INSERT INTO further VALUES (7, 'further')`,
]

const never: readonly string[] = [
  ...results.flatMap((result) => [
    f('f', 'int', result),
    f('g', 'int', result),
    f('g', 'bigint', result),
    f('alt.f', 'int', result),
  ]),
  'DROP FUNCTION g(int)',
  'DROP OPERATOR ### (int, int); CREATE OPERATOR ### (LEFTARG = int, RIGHTARG = int, FUNCTION = sum_telling)',
  'DROP OPERATOR ### (int, int); CREATE OPERATOR ### (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)',
  'DROP CAST IF EXISTS (text AS boxed); CREATE CAST (text AS boxed) WITH FUNCTION boxed_telling(text)',
  'DROP CAST (text AS boxed)',
  'ALTER DOMAIN code ADD CONSTRAINT longer CHECK (length(VALUE) > 1)',
  'ALTER DOMAIN code DROP CONSTRAINT longer',
  `ALTER TYPE mood RENAME VALUE 'low' TO 'deep'`,
  `ALTER TYPE mood ADD VALUE IF NOT EXISTS 'middle'`,
  `CREATE OR REPLACE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS
   $$BEGIN NEW.x := (SELECT word FROM public.secrets LIMIT 1); RETURN NEW; END$$`,
  'CREATE TRIGGER watch BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION public.quiet()',
  'ALTER ROLE CURRENT_USER IN DATABASE :database SET search_path = alt, public',
  'ALTER DATABASE :database SET search_path = public, alt',
  'ALTER ROLE CURRENT_USER IN DATABASE :database RESET search_path',
]

const of = (heldBy: Change['heldBy'], all: readonly string[]): Change[] => all.map((sql) => ({ sql, heldBy }))

export const changes: readonly Change[] = [...of('lock', locked), ...of('plan', parts), ...of('nothing', never)]
