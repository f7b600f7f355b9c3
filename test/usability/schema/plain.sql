-- A schema with one of everything that a DBA's tools list, and nothing that a policy masks.
CREATE SCHEMA plain;
SET search_path = plain, public;

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE place AS (street text, town text);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE SEQUENCE ticket START 100;

CREATE TABLE author (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  feeling mood DEFAULT 'ok',
  home place,
  born date,
  tags text[] DEFAULT '{}',
  extra jsonb
);
COMMENT ON TABLE author IS 'who writes';
COMMENT ON COLUMN author.name IS 'as on the cover';

CREATE TABLE book (
  id int DEFAULT nextval('ticket') PRIMARY KEY,
  author_id int NOT NULL REFERENCES author ON DELETE CASCADE,
  title varchar(200) NOT NULL,
  price numeric(10, 2) CHECK (price >= 0),
  cents bigint GENERATED ALWAYS AS ((price * 100)::bigint) STORED,
  copies positive,
  added timestamptz DEFAULT now(),
  UNIQUE (author_id, title)
);
CREATE INDEX book_title ON book (lower(title));
CREATE INDEX book_cheap ON book (price) WHERE price < 10;
CREATE STATISTICS book_stats (dependencies) ON author_id, title FROM book;

CREATE TABLE sale (id bigint, book_id int, at date NOT NULL, paid numeric) PARTITION BY RANGE (at);
CREATE TABLE sale_2025 PARTITION OF sale FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE sale_2026 PARTITION OF sale FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

CREATE VIEW cheap AS SELECT id, title, price FROM book WHERE price < 10 WITH CHECK OPTION;
CREATE MATERIALIZED VIEW per_author AS SELECT author_id, count(*) AS books FROM book GROUP BY author_id;
CREATE UNIQUE INDEX per_author_id ON per_author (author_id);

CREATE FUNCTION worth(book) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT $1.price * $1.copies';
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.added := now(); RETURN NEW; END $$;
CREATE TRIGGER stamped BEFORE UPDATE ON book FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE RULE unsold AS ON DELETE TO cheap DO INSTEAD NOTHING;
CREATE AGGREGATE longest(text) (SFUNC = textcat, STYPE = text);

ALTER TABLE author ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON author USING (true);

INSERT INTO author (name, born) SELECT 'Author ' || i, date '1950-01-01' + i FROM generate_series(1, 20) i;
INSERT INTO book (author_id, title, price, copies) SELECT 1 + i % 20, 'Book ' || i, i % 30, i FROM generate_series(1, 100) i;
INSERT INTO sale SELECT i, 100 + i % 100, date '2025-06-01' + i, i % 30 FROM generate_series(1, 300) i;
REFRESH MATERIALIZED VIEW per_author;
RESET search_path;
