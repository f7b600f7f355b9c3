-- answered
SELECT ssn::text FROM customers

-- answered
SELECT CAST(pin AS text) FROM customers

-- answered
SELECT pin::numeric, pin::float8, pin::int8 FROM customers

-- answered
SELECT salary::text, salary::int, salary::money FROM customers

-- answered
SELECT born::text, born::timestamp, born::timestamptz FROM customers

-- answered
SELECT token::text, token::varchar FROM customers

-- answered
SELECT profile::text, profile::json FROM customers

-- answered
SELECT secret::text FROM customers

-- answered
SELECT aliases::text, aliases::varchar[] FROM customers

-- answered
SELECT ip::text, ip::cidr, ip::varchar FROM customers

-- answered
SELECT home::text FROM customers

-- answered
SELECT email::name, email::bpchar, email::varchar(20) FROM customers

-- answered
SELECT email COLLATE "C" FROM customers

-- answered
SELECT ssn::text::varchar::bpchar FROM customers

-- answered
SELECT "varchar"(ssn::text) FROM customers

-- answered
SELECT varchar 'x', pin::text FROM customers

-- answered
SELECT ssn::bytea FROM customers

-- answered
SELECT pin::bit(32) FROM customers

-- answered
SELECT balance::bit(64), level::int::oid::regclass FROM customers

-- answered
SELECT vip::int, vip::text, level::text, mood::text FROM customers

-- failed 22P02
SELECT ssn::int FROM customers

-- failed 22P02
SELECT email::jsonb FROM customers

-- failed 0A000
SELECT email::regclass FROM customers

-- failed 23514 harmless
SELECT ssn::digits FROM customers

-- failed 23514 harmless
SELECT ssn::short FROM customers

-- failed 22P02
SELECT email::mood FROM customers

-- failed 22003 harmless
SELECT pin::smallint FROM customers

-- answered
SELECT home::address, (ROW('x', ssn)::address) FROM customers

-- answered
SELECT to_char(pin, '9999999999'), to_char(born, 'YYYY MM DD'), to_char(salary, 'FM999999.99') FROM customers
