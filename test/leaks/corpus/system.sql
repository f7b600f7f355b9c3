-- refused
SELECT query_to_xml('SELECT ssn FROM customers', true, true, '')

-- refused
SELECT pg_catalog.query_to_xml('SELECT ssn FROM custo' || 'mers', true, true, '')

-- refused
SELECT "query_to_xml"('TABLE customers', true, true, '')

-- refused
SELECT table_to_xml('customers', true, true, '')

-- refused
SELECT schema_to_xml('public', true, true, '')

-- refused
SELECT database_to_xml(true, true, '')

-- refused
SELECT x FROM query_to_xml_and_xmlschema('SELECT ssn FROM customers', true, true, '') x

-- refused
SELECT xpath('//ssn/text()', query_to_xml('SELECT ssn FROM customers', true, true, ''))

-- refused
SELECT * FROM ts_stat('SELECT to_tsvector(''simple'', email) FROM customers')

-- refused
SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, plainto_tsquery(''simple'', email) FROM customers')

-- refused
SELECT most_common_vals, histogram_bounds FROM pg_stats WHERE tablename = 'customers'

-- refused
SELECT stavalues1::text FROM pg_statistic

-- refused
SELECT pg_stats.* FROM pg_catalog.pg_stats

-- refused
SELECT s.histogram_bounds::text::text[] FROM "pg_stats" s WHERE attname = 'email'

-- refused
SELECT * FROM pg_stats_ext

-- refused
SELECT * FROM pg_statistic_ext_data

-- refused
SELECT null_frac, n_distinct, correlation FROM pg_stats WHERE tablename = 'customers'

-- refused
SELECT pg_read_file('PG_VERSION')

-- refused
SELECT pg_read_binary_file(pg_relation_filepath('customers'))

-- refused
SELECT encode(pg_read_binary_file(pg_relation_filepath('customers'), 0, 8192), 'escape')

-- answered harmless differs
SELECT count(*) > 0 FROM pg_ls_dir('.')

-- refused
SELECT lo_import('/etc/hostname')

-- refused
SELECT data FROM pg_largeobject

-- refused
SELECT * FROM pg_toast.pg_toast_1262

-- refused
CREATE EXTENSION pageinspect;
SELECT t_data FROM heap_page_items(get_raw_page('customers', 0))

-- refused
CREATE EXTENSION dblink;
SELECT * FROM dblink('dbname=' || current_database(), 'SELECT ssn FROM customers') AS x(ssn text)

-- refused
CREATE EXTENSION postgres_fdw

-- refused
CREATE EXTENSION tablefunc;
SELECT * FROM crosstab('SELECT id, name, ssn FROM customers') AS x(id int, a text)

-- refused
CREATE EXTENSION file_fdw

-- refused
CREATE FOREIGN DATA WRAPPER f_{n}

-- refused
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

-- refused harmless
SELECT * FROM pg_logical_slot_peek_changes('x', NULL, NULL)

-- refused
SELECT pg_create_logical_replication_slot('leak_{n}', 'test_decoding')

-- refused
SELECT pg_mcv_list_items(stxdmcv) FROM pg_statistic_ext_data

-- refused fails
LOAD 'auto_explain'

-- refused
CREATE PUBLICATION p_{n} FOR TABLE customers

-- refused
CREATE SUBSCRIPTION s_{n} CONNECTION 'dbname=x' PUBLICATION p

-- answered fails
SELECT pg_get_object_address('table', ARRAY[email], '{}') FROM customers

-- refused
SELECT lo_export(1, '/tmp/x')

-- refused
SELECT loread(lo_open(1, 262144), 100)

-- refused
SELECT * FROM pg_stat_get_activity(NULL) WHERE query = (SELECT email FROM customers WHERE id = 1)

-- refused
SELECT obj_description(oid) FROM pg_class WHERE relname = (SELECT name FROM customers WHERE ssn > '7')

-- refused
SET debug_print_plan = on;
SET client_min_messages = log;
SELECT mail_of(1)
