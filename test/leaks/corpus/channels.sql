-- refused COLUMN_MASKED
NOTIFY leak, 'x';
SELECT pg_notify('leak', ssn) FROM customers

-- refused COLUMN_MASKED
SELECT pg_notify('leak', (SELECT ssn FROM customers WHERE id = 1))

-- refused COLUMN_MASKED harmless
SELECT pg_notify(left(email, 7), 'x') FROM customers

-- refused COLUMN_MASKED
SELECT pg_notify('leak', 'x') FROM customers WHERE ssn > '6'

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN pg_notify('leak', 'yes') END FROM customers

-- refused COLUMN_MASKED
SELECT set_config('leak.x', ssn, false) FROM customers

-- refused COLUMN_MASKED
SELECT set_config('leak.x', (SELECT string_agg(email, ',') FROM customers), false);
SELECT current_setting('leak.x')

-- refused COLUMN_MASKED
SELECT set_config('application_name', ssn, false) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT set_config('search_path', 's' || ssn, false) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT set_config('leak.x', 'hit', false) FROM customers WHERE ssn > '6'

-- refused SETTING_PINNED harmless
SELECT set_config(left(email, 3) || '.x', 'hit', false) FROM customers

-- refused COLUMN_MASKED
SELECT pg_advisory_lock(pin) FROM customers WHERE id = 1;
SELECT objid FROM pg_locks WHERE locktype = 'advisory'

-- refused COLUMN_MASKED harmless
SELECT pg_try_advisory_lock(balance) FROM customers WHERE id = 1

-- refused COLUMN_MASKED harmless
SELECT pg_advisory_xact_lock_shared(level, pin) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT pg_advisory_lock(1) FROM customers WHERE ssn > '6'

-- refused COLUMN_MASKED
SELECT lo_from_bytea(0, secret) FROM customers

-- refused COLUMN_MASKED
SELECT lo_create(pin::oid) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT lo_put(lo_create(0), 0, ssn::bytea) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT lowrite(lo_open(lo_create(0), 131072), secret) FROM customers WHERE id = 1

-- refused COLUMN_MASKED differs
SELECT setseed(score) FROM customers WHERE id = 1;
SELECT random()

-- refused COLUMN_MASKED differs
SELECT setseed((SELECT score FROM customers WHERE id = 1)), random()

-- refused COLUMN_MASKED
SELECT pg_sleep(level / 1000.0) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN pg_sleep(0.01) END FROM customers

-- refused COLUMN_MASKED
SELECT pg_cancel_backend(level) FROM customers

-- refused COLUMN_MASKED
SELECT pg_terminate_backend(level) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT txid_current() FROM customers WHERE ssn > '6'

-- refused COLUMN_MASKED
SELECT pg_stat_reset_single_table_counters(pin::oid) FROM customers

-- refused STATEMENT_UNPROVEN
SELECT pg_logical_emit_message(false, 'leak', ssn) FROM customers

-- refused COLUMN_MASKED
SELECT pg_replication_origin_create(ssn) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT pg_create_restore_point(email) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT currval('counter') + level FROM customers WHERE ssn LIKE '6%'

-- refused COLUMN_MASKED
SELECT pg_export_snapshot() FROM customers WHERE ssn > '6'

-- refused COLUMN_MASKED
SELECT pg_size_pretty(level::bigint), pg_database_size(current_database()) FROM customers WHERE ssn > '6'

-- refused COLUMN_MASKED
SELECT has_table_privilege(email, 'notes', 'SELECT') FROM customers WHERE ssn > '6'

-- failed 0A000
SELECT pg_client_encoding(), to_regclass(email), current_setting(ssn) FROM customers

-- refused COLUMN_MASKED
BEGIN;
SET LOCAL leak.x = 'a';
SELECT set_config('leak.x', current_setting('leak.x') || code, true) FROM vault;
SHOW leak.x;
ROLLBACK

-- refused SETTING_PINNED harmless
SET transform_null_equals = on

-- refused SETTING_PINNED harmless
SELECT set_config('transform_null_equals', 'on', false)

-- answered harmless
SET transform_null_equals = off
