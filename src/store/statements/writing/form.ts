/** Of the tables below. An index of another form is thrown away: it is made from recordings. */
export const form = 2

/** Of `hours`: milliseconds. */
export const hour = 3_600_000

/** What makes an index. */
export const tables = `
  create table sessions (key integer primary key, id text not null unique, subject text not null, name text not null,
    owner text, owner_name text, connection text not null, started_at integer not null,
    complete integer not null default 0, problem text);
  create index sessions_incomplete on sessions (id) where complete = 0;
  create table texts (id integer primary key, hash integer not null unique, text text not null);
  create virtual table found using fts5 (text, content = '', tokenize = 'trigram', detail = none, columnsize = 0);
  create trigger texts_found after insert on texts begin insert into found (rowid, text) values (new.id, new.text); end;
  create table shapes (id integer primary key, columns text not null unique);
  create table relations (id integer primary key, name text not null unique);
  create table columns (id integer primary key, name text not null unique, relation integer not null);
  create table statements (key integer primary key, session integer not null, n integer not null, at integer not null,
    text integer not null, kinds text not null, verdict text not null, code text, rule text, sqlstate text,
    approval text, outcome text, approved_by text, rows integer not null default 0, bytes integer not null default 0,
    vectors integer not null default 0, masked integer not null default 0, clear integer not null default 0,
    shape integer, duration real);
  create unique index statements_by_session on statements (session, n);
  create index statements_by_time on statements (at, key);
  create index statements_by_text on statements (text);
  create index statements_refused on statements (at, key) where verdict = 'refused';
  create index statements_approved on statements (at, key) where approval is not null;
  create table statement_tables (statement integer, relation integer, writes integer, rows integer not null,
    bytes integer not null, vectors integer not null,
    primary key (statement, relation, writes)) without rowid;
  create index statement_tables_by_relation on statement_tables (relation, statement);
  create table statement_rules (rule text, statement integer, primary key (rule, statement)) without rowid;
  create table shown (statement integer, column integer, masked integer, rows integer not null, bytes integer not null,
    vectors integer not null, primary key (statement, column, masked)) without rowid;
  create index shown_by_column on shown (column, statement);
  create table hours (session integer, column integer, hour integer, masked integer, rows integer not null,
    bytes integer not null, vectors integer not null, statements integer not null, first integer not null,
    last integer not null, primary key (session, column, hour, masked)) without rowid;
  pragma user_version = ${form};
`
