-- refused COLUMN_MASKED once
CREATE TEMP TABLE vault (id int, label text, code text);
INSERT INTO pg_temp.vault SELECT g, 'x', s FROM unnest(ARRAY['111','xylop' || 'hone-' || '72','bagpi' || 'pes-3' || '38']) WITH ORDINALITY u(s, g);
SELECT t.id, c.id FROM vault t JOIN public.vault c ON t.code = c.code;
DROP TABLE pg_temp.vault

-- refused COLUMN_MASKED once
CREATE TEMP TABLE vault (id int, label text, code text);
INSERT INTO pg_temp.vault SELECT g, 'x', s FROM unnest(ARRAY['111','xylop' || 'hone-' || '72','bagpi' || 'pes-3' || '38']) WITH ORDINALITY u(s, g);
SELECT t.id, c.id FROM vault t JOIN public.vault c USING (code);
DROP TABLE pg_temp.vault

-- refused COLUMN_MASKED once
CREATE TEMP TABLE vault (id int, label text, code text);
INSERT INTO pg_temp.vault SELECT g, 'x', s FROM unnest(ARRAY['111','xylop' || 'hone-' || '72','bagpi' || 'pes-3' || '38']) WITH ORDINALITY u(s, g);
SELECT c.id FROM public.vault c WHERE c.code IN (SELECT code FROM vault);
DROP TABLE pg_temp.vault

-- refused COLUMN_MASKED once
CREATE TEMP TABLE vault (id int, label text, code text);
INSERT INTO pg_temp.vault SELECT g, 'x', s FROM unnest(ARRAY['111','xylop' || 'hone-' || '72','bagpi' || 'pes-3' || '38']) WITH ORDINALITY u(s, g);
SELECT code FROM vault INTERSECT SELECT code FROM public.vault;
DROP TABLE pg_temp.vault

-- refused COLUMN_MASKED once
CREATE TEMP TABLE vault (id int, label text, code text);
INSERT INTO pg_temp.vault SELECT g, 'x', s FROM unnest(ARRAY['111','xylop' || 'hone-' || '72','bagpi' || 'pes-3' || '38']) WITH ORDINALITY u(s, g);
SELECT count(*) FROM (SELECT code FROM vault UNION ALL SELECT code FROM public.vault) q GROUP BY code;
DROP TABLE pg_temp.vault

-- refused COLUMN_MASKED once
CREATE TEMP TABLE vault (id int, label text, code text);
INSERT INTO pg_temp.vault SELECT g, 'x', s FROM unnest(ARRAY['111','xylop' || 'hone-' || '72','bagpi' || 'pes-3' || '38']) WITH ORDINALITY u(s, g);
WITH own AS (SELECT id, code FROM vault) SELECT o.id, c.id FROM own o, public.vault c WHERE o.code IS NOT DISTINCT FROM c.code;
DROP TABLE pg_temp.vault

-- refused COLUMN_MASKED once
CREATE TEMP TABLE people (id int, phone text);
INSERT INTO people SELECT g, s FROM unnest(ARRAY['111','0171-' || '384-9' || '265','0178-' || '265-1' || '839']) WITH ORDINALITY u(s, g);
SELECT t.id FROM people t WHERE phone IN (SELECT phone FROM crm.people);
DROP TABLE pg_temp.people

-- refused COLUMN_MASKED once
CREATE TABLE public.people (id int, phone text);
INSERT INTO public.people SELECT g, s FROM unnest(ARRAY['111','0171-' || '384-9' || '265','0178-' || '265-1' || '839']) WITH ORDINALITY u(s, g);
SELECT t.id, c.id FROM people t JOIN crm.people c ON t.phone = c.phone;
DROP TABLE public.people

-- refused COLUMN_MASKED once
CREATE TABLE crm.customers (id int, ssn text);
INSERT INTO crm.customers SELECT g, s FROM unnest(ARRAY['111','641-8' || '7-325' || '9','528-9' || '3-325' || '9']) WITH ORDINALITY u(s, g);
SET search_path = crm, public;
SELECT t.id, c.id FROM customers t JOIN public.customers c ON t.ssn = c.ssn;
DROP TABLE crm.customers

-- answered harmless
SELECT a.id FROM vault a JOIN vault b ON a.code = b.code ORDER BY 1
