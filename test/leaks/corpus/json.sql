-- answered
SELECT json_build_object('x', ssn), jsonb_build_array(email, pin), json_object(ARRAY['a', ssn]) FROM customers

-- answered
SELECT json_build_object(ssn, 1), jsonb_object(ARRAY[email], ARRAY['v']) FROM customers WHERE id < 4

-- answered
SELECT to_json(ssn), to_jsonb(pin), array_to_json(aliases), row_to_json(ROW(ssn)) FROM customers

-- answered newer
SELECT JSON_OBJECT('x': ssn), JSON_OBJECT(email: 1), JSON_ARRAY(pin, ssn) FROM customers WHERE id < 4

-- answered newer
SELECT JSON_ARRAY(SELECT ssn FROM customers ORDER BY id)

-- answered newer
SELECT JSON_OBJECTAGG(id: ssn), JSON_ARRAYAGG(ssn ORDER BY id RETURNING text) FROM customers

-- answered newer
SELECT JSON_OBJECTAGG(ssn: id), JSON_ARRAYAGG(id ORDER BY ssn) FROM customers WHERE id < 4

-- answered newer
SELECT JSON_SCALAR(ssn), JSON_SERIALIZE(profile), JSON(profile::text), ssn IS JSON, profile IS JSON OBJECT FROM customers

-- answered newer
SELECT JSON_VALUE(profile, '$.plan'), JSON_QUERY(profile, '$'), JSON_EXISTS(profile, '$.none') FROM customers

-- failed 42804 newer
SELECT JSON_VALUE(profile, '$.x' DEFAULT name ON EMPTY), JSON_VALUE('{}', '$.x' DEFAULT ssn ON EMPTY) FROM customers

-- answered newer
SELECT JSON_VALUE('{"a": 1}', '$.a ? (@ < $x)' PASSING level AS x) FROM customers

-- answered newer
SELECT JSON_EXISTS('[1,2,3,4,5,6,7,8]', '$[*] ? (@ == $x)' PASSING level AS x) FROM customers

-- answered newer
SELECT MERGE_x FROM (SELECT JSON_QUERY(profile, '$.plan' WITH WRAPPER) AS MERGE_x FROM customers) q

-- answered
SELECT json_agg(ssn), jsonb_agg(c), json_object_agg(id, pin), jsonb_object_agg(name, email) FROM customers c WHERE id < 4

-- answered
SELECT json_object_agg(ssn, id) FROM customers WHERE id < 4

-- refused COLUMN_MASKED
SELECT jsonb_object_keys(profile) FROM customers

-- refused COLUMN_MASKED
SELECT k, v FROM customers, jsonb_each_text(profile) AS x(k, v)

-- refused COLUMN_MASKED
SELECT id, k FROM customers, jsonb_each(profile) AS x(k, v)

-- refused COLUMN_MASKED
SELECT x FROM customers, jsonb_array_elements_text(to_jsonb(aliases)) x

-- refused COLUMN_MASKED
SELECT (jsonb_each_text(profile)).* FROM customers

-- refused COLUMN_MASKED
SELECT jsonb_path_query(profile, '$.*') FROM customers

-- answered
SELECT jsonb_path_query_array(profile, '$.*'), jsonb_path_exists(profile, '$.plan'), jsonb_path_match(profile, 'exists($.plan)') FROM customers

-- answered
SELECT jsonb_path_query_first('[1,2,3,4,5,6,7,8]', '$[*] ? (@ == $x)', jsonb_build_object('x', level)) FROM customers

-- refused COLUMN_MASKED newer
SELECT j.* FROM customers, JSON_TABLE(profile, '$' COLUMNS (plan text PATH '$.plan')) j

-- refused COLUMN_MASKED newer
SELECT j.plan FROM customers c, JSON_TABLE(c.profile, '$.*' COLUMNS (n FOR ORDINALITY, plan text PATH '$')) j

-- refused COLUMN_MASKED newer
SELECT j.x FROM customers c, JSON_TABLE('[1,2,3]', '$[*] ? (@ < $l)' PASSING c.level AS l COLUMNS (x int PATH '$')) j

-- failed 42804 newer
SELECT c.id, j.* FROM customers c, JSON_TABLE('{}', '$' COLUMNS (x text PATH '$.x' DEFAULT c.ssn ON EMPTY)) j

-- answered
SELECT xmlelement(name a, ssn), xmlforest(email, pin AS p), xmlconcat(xmlelement(name b, ssn)) FROM customers

-- answered
SELECT xmlelement(name a, xmlattributes(ssn AS v)), xmlpi(name p, 'x'), xmlserialize(CONTENT xmlelement(name a, email) AS text) FROM customers

-- answered
SELECT xmlagg(xmlelement(name a, ssn)), xpath('/a/text()', xmlelement(name a, min(ssn))) FROM customers

-- answered
SELECT xmlcomment(ssn), xmlexists('/a' PASSING xmlelement(name a, ssn)), xmlelement(name a, ssn) IS DOCUMENT FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT x.* FROM customers c, XMLTABLE('/a' PASSING xmlelement(name a, c.ssn) COLUMNS v text PATH '.') x

-- answered
SELECT x.* FROM customers c, XMLTABLE('/a' PASSING '<a/>' COLUMNS v text PATH 'b' DEFAULT c.ssn) x

-- refused COLUMN_MASKED
SELECT x FROM (SELECT json_build_object('v', profile) AS d FROM customers) q, json_each_text(d->'v') x

-- refused COLUMN_MASKED
SELECT x.plan FROM customers c, jsonb_to_recordset(jsonb_build_array(c.profile)) AS x(plan text)

-- answered
SELECT jsonb_insert('[]', '{0}', to_jsonb(ssn)), jsonb_strip_nulls(profile), profile #- '{plan}' FROM customers

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE profile->>'plan' LIKE 'o%'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE profile @> '{"plan": "x"}'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE profile['plan'] > '"m"'

-- answered newer
SELECT JSON_VALUE('{"a": 1}'::jsonb, '$x' PASSING email AS x) FROM customers;
