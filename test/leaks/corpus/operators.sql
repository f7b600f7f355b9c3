-- answered
SELECT ssn OPERATOR(pg_catalog.||) '' FROM customers

-- answered
SELECT '' OPERATOR(pg_catalog.||) ssn, pin OPERATOR(pg_catalog.+) 1 FROM customers

-- refused STATEMENT_UNPROVEN
SELECT id FROM customers WHERE ssn === 'x'

-- refused STATEMENT_UNPROVEN
SELECT ssn === 'x' FROM customers

-- refused STATEMENT_UNPROVEN
SELECT id FROM customers WHERE ssn OPERATOR(public.===) 'x'

-- refused COLUMN_MASKED
SELECT id FROM customers ORDER BY ssn USING <

-- refused COLUMN_MASKED
SELECT name FROM customers ORDER BY pin USING OPERATOR(pg_catalog.>)

-- answered
SELECT textcat(ssn, ''), int4pl(pin, 1), texteq(ssn, 'x'), pg_catalog.int4mul(pin, 1) FROM customers

-- answered
SELECT ssn ~~ '6%', ssn ~~* '6%', ssn !~~ '6%', ssn !~ '6', ssn ^@ '6', ssn ~<~ '6' FROM customers

-- answered
SELECT aliases || '{}'::text[], aliases @> '{}', aliases && '{a}', aliases < '{zzz}', aliases = '{}' FROM customers

-- answered
SELECT ip <<= '0.0.0.0/0', ip << '10.0.0.0/8', ip && '10.0.0.0/8', ~ip, ip & '255.0.0.0', ip | '0.0.0.0' FROM customers

-- refused STATEMENT_UNPROVEN
CREATE OPERATOR public.<<<#> (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)

-- refused STATEMENT_UNPROVEN
CREATE OPERATOR = (LEFTARG = text, RIGHTARG = int, FUNCTION = run)
