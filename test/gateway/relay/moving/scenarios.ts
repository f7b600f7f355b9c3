import { pin } from './canaries.js'

/** Something that one part of the witness alone notices. */
export interface Scenario {
  /** By the catalog that the gateway has read. */
  readonly before?: string
  /** What the session does before the change; nothing of it is answered by an error. */
  readonly opens?: readonly string[]
  /** What somebody else changes then. */
  readonly change?: string
  /** What the session sends, as one text. */
  readonly reads: string
  /** The same in one pipeline with what goes before it in the session. */
  readonly behind?: string
  /** Yields whether a rule was passed; by default it is known by a value that comes out. */
  readonly passed?: string
}

const repeatable = ['BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT 1 FROM next_plain']

const masked = 'SELECT id, ssn AS x FROM public.people'
const telling = 'CREATE TRIGGER tells BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION public.telling()'
const quiet = 'CREATE TRIGGER tells BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION public.quiet()'
const insert = `INSERT INTO plain (id, x) VALUES (100, 'new') RETURNING x`
const emptied = 'SELECT count(*) = 0 FROM kept'
const asX = 'ALTER TABLE people RENAME ssn TO x'
const swap = `ALTER TABLE plain RENAME TO aside; ALTER TABLE people RENAME TO plain; ALTER TABLE aside RENAME TO people`
const renamed = `ALTER TABLE people RENAME name TO aside; ALTER TABLE people RENAME ssn TO name; ALTER TABLE people RENAME aside TO ssn`
const tellingF =
  'CREATE OR REPLACE FUNCTION f(int) RETURNS text LANGUAGE sql STABLE AS $$SELECT ssn FROM public.people WHERE id = $1$$'
const tellingOperator =
  'DROP OPERATOR ### (int, int); CREATE OPERATOR ### (LEFTARG = int, RIGHTARG = int, FUNCTION = sum_telling)'
const tellingCast = 'CREATE CAST (text AS boxed) WITH FUNCTION boxed_telling(text)'

const f = 'SELECT f(id) FROM next_plain'
const operator = 'SELECT id ### 2 FROM next_plain'
const cast = `SELECT ('(a,b)'::text::boxed).a FROM next_plain`
const x = (name: string): string => `SELECT x || '' FROM ${name}`
const unset = (name: string, value: string): string => `SELECT unset('${name}', '${value}')`

/** By the parts of the witness (`WitnessPart`). */
export const byPart = {
  names: { change: `DROP VIEW v CASCADE; CREATE VIEW v AS ${masked}`, reads: x('v') },
  functions: { change: tellingF, reads: f },
  operators: { change: tellingOperator, reads: operator },
  casts: { change: tellingCast, reads: cast },
  'names that are new': {
    opens: ['SET search_path = alt, public', ...repeatable],
    change: `CREATE VIEW alt.w AS ${masked}`,
    reads: x('w'),
  },
  triggers: { change: telling, reads: insert },
  relations: { before: asX, change: 'ALTER TABLE people INHERIT plain', reads: x('w') },
  whole: { change: `CREATE OR REPLACE VIEW v AS ${masked}`, reads: x('v') },
  'columns that are old': { opens: repeatable, change: renamed, reads: `SELECT name || '' FROM people` },
  'rules that are old': {
    before: 'CREATE RULE r AS ON INSERT TO plain DO ALSO DELETE FROM lines',
    opens: repeatable,
    change: 'CREATE OR REPLACE RULE r AS ON INSERT TO plain DO ALSO DELETE FROM kept',
    reads: insert,
    passed: emptied,
  },
  keys: {
    change: 'ALTER TABLE kept ADD FOREIGN KEY (id) REFERENCES plain',
    reads: 'TRUNCATE plain CASCADE',
    passed: emptied,
  },
  readers: {
    change: 'CREATE VIEW kept_view AS SELECT * FROM lines',
    reads: 'DROP TABLE lines CASCADE',
    passed: `SELECT to_regclass('kept_view') IS NULL`,
  },
  indexes: {
    before: 'CREATE INDEX an_index ON plain (x)',
    change: 'DROP INDEX an_index; CREATE INDEX an_index ON kept (id)',
    reads: 'DROP INDEX an_index',
    passed: `SELECT to_regclass('an_index') IS NULL`,
  },
  types: {
    before: 'CREATE TABLE typed (v varchar(5))',
    change: 'ALTER TABLE typed ALTER v TYPE text',
    reads: 'ALTER TABLE typed ALTER v TYPE varchar(9)',
    passed: `SELECT atttypmod = 13 FROM pg_attribute WHERE attrelid = 'typed'::regclass AND attname = 'v'`,
  },
  typeNames: {
    before: `CREATE FUNCTION typed() RETURNS trigger LANGUAGE plpgsql AS
        $$DECLARE c code; BEGIN c := (SELECT ssn FROM public.people LIMIT 1); RETURN NEW; END$$;
      CREATE TRIGGER typed BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION typed()`,
    opens: ['SET search_path = alt, public'],
    change: 'CREATE DOMAIN alt.code AS text',
    reads: insert,
    passed: 'SELECT count(*) = 1 FROM plain WHERE id = 100',
  },
  standard_conforming_strings: {
    behind: unset('standard_conforming_strings', 'off'),
    reads: `SELECT '\\' , '  , ssn || '''' FROM people -- ' FROM next_plain`,
  },
  session_replication_role: {
    // A trigger that counts on being set off.
    before: `CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
      CREATE TRIGGER never BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION never()`,
    behind: unset('session_replication_role', 'replica'),
    reads: insert,
    passed: 'SELECT count(*) = 1 FROM plain WHERE id = 100',
  },
  transaction_isolation: {
    opens: [unset('default_transaction_isolation', 'repeatable read'), 'BEGIN', 'SELECT 1'],
    change: 'ALTER TABLE people INHERIT base',
    reads: `SELECT ssn || '' FROM base`,
  },
  client_encoding: {
    // The last byte of the character and the backslash are one character in GBK, and the quote ends the string.
    behind: unset('client_encoding', 'GBK'),
    reads: `SELECT E'中\\', ssn || E'''' FROM people --' FROM next_plain`,
  },
} as const satisfies Readonly<Record<string, Scenario>>

/** By pieces of what is compared. */
export const byPiece = {
  'the OID in an identity': { before: asX, change: swap, reads: x('plain') },
  'the schema in an identity': {
    before: `CREATE VIEW alt.w AS ${masked}`,
    change: 'ALTER SCHEMA public RENAME TO other; ALTER SCHEMA alt RENAME TO public',
    reads: x('public.w'),
  },
  'that something is a part, in an identity': {
    change: `ALTER TABLE bed INHERIT people; INSERT INTO bed SELECT id, name, ssn, ${pin} FROM people`,
    reads: `SELECT reverse(ssn) FROM bed`,
  },
  'that something has rules, in an identity': {
    change: 'CREATE RULE r AS ON INSERT TO plain DO ALSO DELETE FROM kept',
    reads: insert,
    passed: emptied,
  },
  'that something has parts, in an identity': {
    before: asX,
    change: 'ALTER TABLE people INHERIT plain',
    reads: x('plain'),
  },
  'the columns of a relation': { change: renamed, reads: `SELECT name || '' FROM people` },
  'the rules of a relation': { change: `CREATE OR REPLACE VIEW v AS ${masked}`, reads: x('v') },
  'the parents of a relation': {
    before: 'CREATE TABLE parent (id int); ALTER TABLE bed INHERIT parent',
    change: `ALTER TABLE bed INHERIT people; INSERT INTO bed SELECT id, name, ssn, ${pin} FROM people`,
    reads: `SELECT reverse(ssn) FROM bed`,
  },
  'the children of a relation': { change: 'ALTER TABLE people INHERIT base', reads: `SELECT ssn || '' FROM base` },
  'the function of a trigger': { before: quiet, change: `DROP TRIGGER tells ON plain; ${telling}`, reads: insert },
  'whether a trigger fires': {
    before: `${telling}; ALTER TABLE plain DISABLE TRIGGER tells`,
    change: 'ALTER TABLE plain ENABLE TRIGGER tells',
    reads: insert,
  },
  'that a relation is old': { before: asX, opens: repeatable, change: swap, reads: x('plain') },
  'that a function is old': { opens: repeatable, change: tellingF, reads: f },
  'that an operator is old': { opens: repeatable, change: tellingOperator, reads: operator },
  'that a cast is old': {
    before: 'CREATE CAST (text AS boxed) WITH INOUT',
    opens: repeatable,
    change: `DROP CAST (text AS boxed); ${tellingCast}`,
    reads: cast,
  },
  'that a trigger is old': {
    before: quiet,
    opens: repeatable,
    change: `DROP TRIGGER tells ON plain; ${telling}`,
    reads: insert,
  },
} as const satisfies Readonly<Record<string, Scenario>>
