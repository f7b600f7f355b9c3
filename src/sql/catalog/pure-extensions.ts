/**
 * Extensions whose functions, operators and casts compute from their arguments alone: they run no SQL, read no table and
 * no file. Not here on purpose: tablefunc, dblink, postgres_fdw, pageinspect, xml2, plpython and the like.
 */
export const pureExtensions: ReadonlySet<string> = new Set([
  ...['vector', 'pg_trgm', 'citext', 'unaccent', 'uuid-ossp', 'pgcrypto', 'hstore', 'ltree', 'intarray', 'cube'],
  ...['btree_gin', 'btree_gist', 'fuzzystrmatch', 'earthdistance', 'isn', 'seg', 'plpgsql'],
  // Shows texts of statements, in which PostgreSQL has replaced the constants.
  'pg_stat_statements',
])
