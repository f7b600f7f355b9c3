import type { Client } from 'pg'

/** Masked columns, and what was computed from them when the schema was made, as `oid.attnum`. */
export const maskedPlaces = async (client: Client, columns: readonly string[]): Promise<string[]> => {
  const { rows } = await client.query<{ place: string }>(
    `SELECT c.oid || '.' || a.attnum AS place FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid WHERE n.nspname || '.' || c.relname || '.' || a.attname = ANY ($1)`,
    [columns],
  )
  return rows.map(({ place }) => place)
}

/** Whatever is stored outside of masked columns, in one text: tables, sequences, large objects, settings, definitions. */
const everything = `
  SELECT string_agg(part, E'\\n' ORDER BY kind, part) AS stored FROM (
    SELECT 1 AS kind, t.name || query_to_xml(format('SELECT %s FROM ONLY %s', t.columns, t.name), true, true, '')::text AS part
    FROM (SELECT c.oid::regclass::text AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
          WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relispopulated
            AND a.attnum > 0 AND NOT a.attisdropped AND c.oid || '.' || a.attnum <> ALL ($1) GROUP BY c.oid) t
    UNION ALL SELECT 2, concat_ws(' ', schemaname, sequencename, start_value, min_value, max_value, increment_by, last_value)
      FROM pg_sequences
    UNION ALL SELECT 3, encode(string_agg(data, '' ORDER BY pageno), 'escape') FROM pg_largeobject GROUP BY loid
    UNION ALL SELECT 4, description FROM pg_description WHERE objoid >= 16384
    UNION ALL SELECT 5, array_to_string(setconfig, ' ') FROM pg_db_role_setting WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    UNION ALL SELECT DISTINCT 6, application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name !~ '^(hoop:ada/[a-z0-9]+|hoop:gateway|hoop|)$'
    UNION ALL SELECT 7, concat_ws(' ', proname, prosrc) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 8, pg_get_ruledef(oid) FROM pg_rewrite WHERE oid >= 16384
    UNION ALL SELECT 9, pg_get_expr(adbin, adrelid) FROM pg_attrdef
    UNION ALL SELECT 10, pg_get_constraintdef(oid) FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT 11, a.attrelid::regclass || ' ' || a.attname FROM pg_attribute a WHERE a.attrelid >= 16384 AND a.attnum > 0 AND a.attrelid::regclass::text !~ '^pg_'
    UNION ALL SELECT 12, typname FROM pg_type WHERE oid >= 16384 AND typname !~ '^_?pg_'
    UNION ALL SELECT 13, nspname FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_'
    UNION ALL SELECT 14, concat_ws(' ', classid, objid, objsubid, mode) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL SELECT 15, concat_ws(' ', enumlabel) FROM pg_enum
    UNION ALL SELECT 16, rolname FROM pg_roles WHERE oid >= 16384 AND rolname !~ '^login_'
    UNION ALL SELECT 17, concat_ws(' ', polname, pg_get_expr(polqual, polrelid)) FROM pg_policy
  ) x`

export const readStored = async (client: Client, masked: readonly string[]): Promise<string> => {
  const { rows } = await client.query<{ stored: string }>(everything, [masked])
  return rows[0]?.stored ?? ''
}
