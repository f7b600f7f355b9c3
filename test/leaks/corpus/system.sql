-- refused STATEMENT_UNPROVEN
SELECT query_to_xml('SELECT ssn FROM customers', true, true, '')

-- refused STATEMENT_UNPROVEN
SELECT pg_catalog.query_to_xml('SELECT ssn FROM custo' || 'mers', true, true, '')

-- refused STATEMENT_UNPROVEN
SELECT "query_to_xml"('TABLE customers', true, true, '')

-- refused STATEMENT_UNPROVEN
SELECT table_to_xml('customers', true, true, '')

-- refused STATEMENT_UNPROVEN
SELECT schema_to_xml('public', true, true, '')

-- refused STATEMENT_UNPROVEN
SELECT database_to_xml(true, true, '')

-- refused STATEMENT_UNPROVEN
SELECT x FROM query_to_xml_and_xmlschema('SELECT ssn FROM customers', true, true, '') x

-- refused STATEMENT_UNPROVEN
SELECT xpath('//ssn/text()', query_to_xml('SELECT ssn FROM customers', true, true, ''))

-- refused STATEMENT_UNPROVEN
SELECT * FROM ts_stat('SELECT to_tsvector(''simple'', email) FROM customers')

-- refused STATEMENT_UNPROVEN
SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, plainto_tsquery(''simple'', email) FROM customers')

-- refused STATEMENT_UNPROVEN
SELECT most_common_vals, histogram_bounds FROM pg_stats WHERE tablename = 'customers'

-- refused STATEMENT_UNPROVEN
SELECT stavalues1::text FROM pg_statistic

-- refused STATEMENT_UNPROVEN
SELECT pg_stats.* FROM pg_catalog.pg_stats

-- refused STATEMENT_UNPROVEN
SELECT s.histogram_bounds::text::text[] FROM "pg_stats" s WHERE attname = 'email'

-- refused STATEMENT_UNPROVEN
SELECT * FROM pg_stats_ext

-- refused STATEMENT_UNPROVEN
SELECT * FROM pg_statistic_ext_data

-- refused STATEMENT_UNPROVEN
SELECT null_frac, n_distinct, correlation FROM pg_stats WHERE tablename = 'customers'

-- refused STATEMENT_UNPROVEN
SELECT pg_read_file('PG_VERSION')

-- refused STATEMENT_UNPROVEN
SELECT pg_read_binary_file(pg_relation_filepath('customers'))

-- refused STATEMENT_UNPROVEN
SELECT encode(pg_read_binary_file(pg_relation_filepath('customers'), 0, 8192), 'escape')

-- answered harmless differs
SELECT count(*) > 0 FROM pg_ls_dir('.')

-- refused STATEMENT_UNPROVEN
SELECT lo_import('/etc/hostname')

-- refused STATEMENT_UNPROVEN
SELECT data FROM pg_largeobject

-- refused STATEMENT_UNPROVEN
SELECT * FROM pg_toast.pg_toast_1262

-- refused STATEMENT_UNPROVEN
CREATE EXTENSION pageinspect;
SELECT t_data FROM heap_page_items(get_raw_page('customers', 0))

-- refused STATEMENT_UNPROVEN
CREATE EXTENSION dblink;
SELECT * FROM dblink('dbname=' || current_database(), 'SELECT ssn FROM customers') AS x(ssn text)

-- refused STATEMENT_UNPROVEN
CREATE EXTENSION postgres_fdw

-- refused STATEMENT_UNPROVEN
CREATE EXTENSION tablefunc;
SELECT * FROM crosstab('SELECT id, name, ssn FROM customers') AS x(id int, a text)

-- refused STATEMENT_UNPROVEN
CREATE EXTENSION file_fdw

-- refused STATEMENT_UNPROVEN
CREATE FOREIGN DATA WRAPPER f_{n}

-- refused STATEMENT_UNPROVEN
CREATE SERVER s_{n} FOREIGN DATA WRAPPER x

-- answered harmless
SELECT currtid2('customers', '(0,1)')

-- answered harmless
SELECT relname, reltuples >= 0 FROM pg_class WHERE relname = 'customers'

-- answered harmless
SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = 'customers'::regclass AND attnum > 0

-- answered harmless
SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'customers'

-- answered harmless
SELECT pg_get_viewdef('contacts'), pg_get_functiondef('mail_of'::regproc)

-- refused STATEMENT_UNPROVEN harmless
SELECT * FROM pg_logical_slot_peek_changes('x', NULL, NULL)

-- refused STATEMENT_UNPROVEN
SELECT pg_create_logical_replication_slot('leak_{n}', 'test_decoding')

-- refused STATEMENT_UNPROVEN
SELECT pg_mcv_list_items(stxdmcv) FROM pg_statistic_ext_data

-- refused STATEMENT_UNPROVEN
LOAD 'auto_explain'

-- refused STATEMENT_UNPROVEN
CREATE PUBLICATION p_{n} FOR TABLE customers

-- refused STATEMENT_UNPROVEN
CREATE SUBSCRIPTION s_{n} CONNECTION 'dbname=x' PUBLICATION p

-- failed 22023
SELECT pg_get_object_address('table', ARRAY[email], '{}') FROM customers

-- refused STATEMENT_UNPROVEN
SELECT lo_export(1, '/tmp/x')

-- failed 42704 harmless
SELECT loread(lo_open(1, 262144), 100)

-- refused COLUMN_MASKED
SELECT * FROM pg_stat_get_activity(NULL) WHERE query = (SELECT email FROM customers WHERE id = 1)

-- refused COLUMN_MASKED
SELECT obj_description(oid) FROM pg_class WHERE relname = (SELECT name FROM customers WHERE ssn > '7')

-- answered
SET debug_print_plan = on;
SET client_min_messages = log;
SELECT mail_of(1)

-- refused STATEMENT_UNPROVEN
SELECT ident FROM pg_backend_memory_contexts WHERE name = 'RegexpMemoryContext'

-- refused STATEMENT_UNPROVEN
SELECT * FROM pg_get_backend_memory_contexts()

-- refused STATEMENT_UNPROVEN
SELECT ('SELECT to_tsvector(''simple'', email) FROM customers'::text).ts_stat

-- refused STATEMENT_UNPROVEN
SELECT x.ts_stat FROM unnest(ARRAY['SELECT to_tsvector(''simple'', email) FROM customers']) x

-- refused STATEMENT_UNPROVEN
SELECT ((ARRAY['SELECT to_tsvector(''simple'', email) FROM customers'])[1].ts_stat).word

-- refused STATEMENT_UNPROVEN
SELECT (SELECT 'SELECT to_tsvector(''simple'', email) FROM customers'::text).ts_stat

-- refused STATEMENT_UNPROVEN
SELECT @#@ 'SELECT to_tsvector(''simple'', email) FROM customers'

-- refused STATEMENT_UNPROVEN
SELECT 'a'::tsquery @@@@ 'SELECT ''a''::tsquery, plainto_tsquery(''simple'', email) FROM customers'

-- refused STATEMENT_UNPROVEN harmless
SELECT (level::bigint).pg_advisory_xact_lock FROM customers

-- refused COLUMN_MASKED
SELECT (names).unnest FROM (SELECT string_to_array(email, '@') AS names FROM customers) c
