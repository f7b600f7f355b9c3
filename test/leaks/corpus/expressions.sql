-- answered
SELECT ssn || '' FROM customers

-- answered
SELECT '' || ssn FROM customers

-- answered
SELECT upper(email), lower(email), initcap(email) FROM customers

-- answered
SELECT reverse(ssn) FROM customers

-- answered
SELECT substr(ssn, 1, 6), substring(ssn from 1 for 3), left(ssn, 6), right(email, 9) FROM customers

-- answered
SELECT substr(ssn, 1, 1), substr(ssn, 2, 1), substr(ssn, 3, 1), substr(ssn, 5, 1), substr(ssn, 6, 1) FROM customers

-- answered
SELECT pin + 0, pin - 0, pin * 1, pin / 1, -pin, +pin, @pin, ~pin, pin # 0, pin | 0, pin & -1, pin % 10 FROM customers

-- answered
SELECT pin + 1 FROM customers

-- answered
SELECT salary * 1.0, round(salary, 1), trunc(salary), ceil(salary), floor(salary) FROM customers

-- answered
SELECT sqrt(pin), ln(pin), pin ^ 1, |/ pin FROM customers

-- answered
SELECT length(email), octet_length(email), char_length(ssn), ascii(ssn), position('@' in email), strpos(ssn, '-') FROM customers

-- answered
SELECT md5(email), encode(sha256(email::bytea), 'hex'), hashtext(email) FROM customers

-- answered
SELECT encode(secret, 'hex'), encode(secret, 'base64'), encode(secret, 'escape') FROM customers

-- answered
SELECT encode(ssn::bytea, 'base64'), encode(convert_to(email, 'UTF8'), 'hex') FROM customers

-- answered
SELECT get_byte(secret, 0), set_byte(secret, 0, 65), get_bit(secret, 3), convert_from(secret, 'UTF8') FROM customers

-- answered
SELECT translate(ssn, '0123456789', 'abcdefghij'), replace(ssn, '-', '') FROM customers

-- answered
SELECT regexp_replace(email, '@.*', ''), regexp_substr(email, '[a-z]+'), regexp_match(email, '(.*)@') FROM customers

-- answered
SELECT split_part(email, '@', 2), string_to_array(email, '@'), overlay(ssn placing '' from 1 for 0) FROM customers

-- answered
SELECT lpad(ssn, 20), rpad(ssn, 20, '.'), btrim(email), repeat(ssn, 2), concat(ssn), concat_ws('-', ssn, email) FROM customers

-- answered
SELECT format('%s', email), format('%L', ssn), quote_literal(ssn), quote_ident(email), quote_nullable(pin) FROM customers

-- answered
SELECT CASE WHEN id = 1 THEN ssn ELSE email END FROM customers

-- answered
SELECT CASE ssn WHEN 'x' THEN 1 ELSE 2 END, CASE WHEN ssn < '6' THEN 'low' ELSE 'high' END FROM customers

-- answered
SELECT CASE pin % 10 WHEN 0 THEN 'zero' WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'more' END FROM customers

-- answered
SELECT COALESCE(ssn, 'none'), COALESCE(NULL, email), NULLIF(ssn, ''), GREATEST(ssn, ''), LEAST(email, 'zzz') FROM customers

-- answered
SELECT GREATEST(pin, 1500000000) = 1500000000 FROM customers

-- answered
SELECT ssn = 'x', ssn <> 'x', ssn < '5', ssn > '5', ssn BETWEEN '5' AND '7', ssn LIKE '6%', ssn ~ '^6', ssn SIMILAR TO '6%' FROM customers

-- answered
SELECT ssn IS DISTINCT FROM 'x', vip IS TRUE, vip IS NOT TRUE, vip IS UNKNOWN, NOT vip, vip AND true, vip OR false FROM customers

-- answered
SELECT ssn IN ('a', 'b'), pin IN (1, 2), ssn = ANY ('{a,b}'), ssn = ALL ('{a}'), pin < ANY (ARRAY[1500000000]) FROM customers

-- answered
SELECT (ssn, pin) = ('a', 1), (pin, id) < (1500000000, 1), ROW(ssn) IS NULL FROM customers

-- answered
SELECT extract(year from born), date_part('month', born), date_trunc('decade', born), age(born), born + 1, born - '2000-01-01'::date FROM customers

-- answered
SELECT born - make_interval(days => 1), born::timestamp AT TIME ZONE 'UTC', (born, born) OVERLAPS ('1950-01-01', '1960-01-01') FROM customers

-- answered
SELECT host(ip), masklen(ip), broadcast(ip), network(ip), ip + 1, ip - '0.0.0.0'::inet, abbrev(ip), inet_same_family(ip, '::1') FROM customers

-- answered
SELECT profile->>'plan', profile->'plan', profile#>>'{plan}', profile @> '{}', profile ? 'plan', profile - 'plan', profile || '{}' FROM customers

-- answered
SELECT profile['plan'], jsonb_path_query_first(profile, '$.plan'), profile @? '$.plan', profile @@ '$.plan == "x"' FROM customers

-- answered
SELECT jsonb_pretty(profile), jsonb_typeof(profile), jsonb_extract_path_text(profile, 'plan'), jsonb_set(profile, '{a}', '1') FROM customers

-- answered
SELECT to_tsvector(email), to_tsvector('simple', email) @@ 'zebra'::tsquery, ts_headline(email, 'zebra'::tsquery) FROM customers

-- answered
SELECT vip::int + level, level << 2, level::float / 3, mod(level, 2), gcd(level, 6), width_bucket(level, 0, 10, 5) FROM customers

-- answered
SELECT enum_range(mood), mood < 'happy', enum_first(mood) FROM customers

-- answered
SELECT num_nulls(ssn, email), num_nonnulls(pin) FROM customers

-- answered
SELECT pg_column_size(email), pg_typeof(email), pg_collation_for(email) FROM customers

-- answered harmless
SELECT 1, 'x', now() IS NULL, current_user = 'x', id + 1, upper(name) FROM customers

-- answered
SELECT with_params, id FROM (SELECT ssn || $1 AS with_params, id FROM customers) x WHERE id < $2
-- with: x, 9

-- answered
SELECT COALESCE($1, ssn) FROM customers
-- with: y

-- answered
SELECT ((((ssn)))), (SELECT ssn) FROM customers

-- answered
SELECT (SELECT max(c.ssn)) FROM customers c

-- answered newer
SELECT uuid_extract_version(token), token = '00000000-0000-0000-0000-000000000000', token < '80000000-0000-0000-0000-000000000000' FROM customers

-- answered
SELECT float8send(score), int4send(pin), textsend(email), numeric_send(salary), uuid_send(token), jsonb_send(profile) FROM customers

-- answered
SELECT hashint4(pin), hashtext(ssn), hashtextextended(ssn, 0), hash_numeric(salary), uuid_hash(token), jsonb_hash(profile) FROM customers
