/** The database of the probes. Where the server has no pgvector, an array stands in for the embedding. */
export const seed = `
  CREATE TABLE customers(id int PRIMARY KEY, email text, ssn text, notes text, balance numeric);
  CREATE TABLE documents(id bigint PRIMARY KEY, customer_id int, title text, content text, embedding real[], meta jsonb);
  CREATE TABLE pub(a int, b int);
  CREATE TABLE people(id int PRIMARY KEY, name text, ssn text);
  INSERT INTO customers VALUES
    (1, 'qzCANMAIL1@x.test', '842-61-9751', 'wkCANNOTE1', 83417.25),
    (2, 'qzCANMAIL2@x.test', '317-58-4062', 'wkCANNOTE2', 59263.5);
  INSERT INTO documents VALUES
    (10, 1, 'card declined', 'ypCANCONT1', '{0.314159,0.271828,0.577215}', '{"k":"jmCANMETA1"}'),
    (11, 2, 'refund', 'ypCANCONT2', '{0.141421,0.161803,0.173205}', '{"k":"jmCANMETA2"}');
  INSERT INTO people SELECT i, 'P' || i, 'SSN-PPL-' || (i % 3) FROM generate_series(1, 300) i;
  INSERT INTO pub VALUES (1, 2);
  CREATE VIEW v_docs AS SELECT id, title AS t, content AS c FROM documents;
  ANALYZE;
`

/** The same where there is pgvector. */
export const vectorSeed = `CREATE EXTENSION vector; ${seed
  .replace('embedding real[]', 'embedding vector(3)')
  .replaceAll(/'\{(0[\d.,]+)\}'/g, "'[$1]'")}`
