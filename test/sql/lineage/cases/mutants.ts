/** What brings in code, or something outside: by the subject of its refusal. */
const refusals: Readonly<Record<string, string>> = {
  CreateCast: 'CREATE CAST (text AS int) WITHOUT FUNCTION',
  CreateTransform: 'CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION f(internal))',
  CreateOpClass: 'CREATE OPERATOR CLASS x FOR TYPE int USING btree AS STORAGE int',
  CreateOpFamily: 'CREATE OPERATOR FAMILY x USING btree',
  AlterOpFamily: 'ALTER OPERATOR FAMILY x USING btree DROP OPERATOR 1 (int, int)',
  CreatePLang: 'CREATE LANGUAGE x HANDLER h',
  CreateConversion: "CREATE CONVERSION x FOR 'UTF8' TO 'LATIN1' FROM f",
  CreateAm: 'CREATE ACCESS METHOD x TYPE INDEX HANDLER h',
  AlterExtensionContents: 'ALTER EXTENSION hstore ADD TABLE orders',
  AlterExtension: 'ALTER EXTENSION hstore UPDATE',
  AlterOperator: 'ALTER OPERATOR = (int, int) SET (RESTRICT = NONE)',
  CreateEventTrig: 'CREATE EVENT TRIGGER x ON ddl_command_start EXECUTE FUNCTION f()',
  CreateFdw: 'CREATE FOREIGN DATA WRAPPER x',
  AlterFdw: 'ALTER FOREIGN DATA WRAPPER x HANDLER h',
  CreateForeignServer: 'CREATE SERVER x FOREIGN DATA WRAPPER y',
  AlterForeignServer: "ALTER SERVER x OPTIONS (host 'y')",
  CreateUserMapping: 'CREATE USER MAPPING FOR CURRENT_USER SERVER x',
  AlterUserMapping: "ALTER USER MAPPING FOR CURRENT_USER SERVER x OPTIONS (a 'b')",
  CreateForeignTable: 'CREATE FOREIGN TABLE x (id int) SERVER y',
  ImportForeignSchema: 'IMPORT FOREIGN SCHEMA x FROM SERVER y INTO z',
  AlterSubscription: "ALTER SUBSCRIPTION s CONNECTION 'x'",
  CreatePublication: 'CREATE PUBLICATION p',
  AlterPublication: 'ALTER PUBLICATION p ADD TABLE orders',
  'public.events.payload': "SELECT x.y FROM events, JSON_TABLE(payload, '$' COLUMNS (y text)) x",
  'public.customers.email': "SELECT x.y FROM customers, XMLTABLE('/a' PASSING (email::xml) COLUMNS y text) x",
}

/** Expressions that hold an email. */
const computed: readonly string[] = [
  'lower(email) IS NULL',
  "JSON_VALUE(email, '$')",
  'xmlserialize(CONTENT email::xml AS text)',
  "(email = 'x') IS TRUE",
  "NOT (email = 'x')",
  'make_interval(days => length(email))',
  'JSON_ARRAY(email)',
  "JSON_OBJECTAGG('a' : email)",
  'JSON_ARRAYAGG(email)',
  'JSON(email)',
  'JSON_SCALAR(email)',
  'JSON_SERIALIZE(email)',
  'email IS JSON',
  "JSON_VALUE('{}', '$.a' PASSING email AS x)",
  "JSON_VALUE('{}', '$.a' DEFAULT email ON EMPTY)",
  'tags[length(email)]',
  'xmlforest(email AS a)',
]

/** Statements that only one rule of the lineage decides about, and their outcome. */
export const mutants: readonly (readonly [sql: string, outcome: string])[] = [
  ...computed.map((sql) => [`SELECT ${sql} FROM customers`, '~email'] as const),
  ...Object.entries(refusals).map(([subject, sql]) => [sql, `refused for ${subject}`] as const),
]
