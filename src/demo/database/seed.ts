import { documents, type Document } from './documents.js'
import { dimensions, literal } from './embedding.js'
import { customers, type Customer } from './people.js'

const schema = `
  CREATE EXTENSION IF NOT EXISTS vector;
  CREATE TABLE customers (
    id      integer PRIMARY KEY,
    name    text NOT NULL,
    email   text NOT NULL UNIQUE,
    phone   text NOT NULL,
    ssn     text NOT NULL,
    card    text NOT NULL,
    country char(2) NOT NULL,
    plan    text NOT NULL
  );
  CREATE TABLE documents (
    id          integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers,
    topic       text NOT NULL,
    title       text NOT NULL,
    body        text NOT NULL,
    embedding   vector(${dimensions}) NOT NULL
  );`

// Last, since filling an index at once is quicker than row by row.
const indexes = `
  CREATE INDEX documents_customer ON documents (customer_id);
  CREATE INDEX documents_embedding ON documents USING hnsw (embedding vector_cosine_ops);
  ANALYZE;`

const quote = (value: string | number) =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`

const insert = (table: string, rows: readonly (readonly (string | number)[])[]): string =>
  `INSERT INTO ${table} VALUES ${rows.map((row) => `(${row.map(quote).join(',')})`).join(',')};`

const customerRow = ({ id, name, email, phone, ssn, card, country, plan }: Customer) =>
  [id, name, email, phone, ssn, card, country, plan] as const

const documentRow = ({ id, customer, topic, title, body, embedding }: Document) =>
  [id, customer, topic, title, body, literal(embedding)] as const

export const counts = { customers: 500, documents: 1_200 } as const

/** The demo's database as SQL, one batch at a time. */
export const seed = function* (): Generator<string> {
  yield schema
  yield insert('customers', customers(counts.customers).map(customerRow))
  const all = documents(counts.documents, counts.customers)
  for (let at = 0; at < all.length; at += 300) yield insert('documents', all.slice(at, at + 300).map(documentRow))
  yield indexes
}
