-- @ the tables of migrations and of the lock
select * from information_schema.tables where table_name = 'knex_migrations' and table_schema = (select current_schema());
create table "knex_migrations" ("id" serial primary key, "name" varchar(255), "batch" integer, "migration_time" timestamptz);
create table "knex_migrations_lock" ("index" serial primary key, "is_locked" integer);
select * from "knex_migrations_lock";
insert into "knex_migrations_lock" ("is_locked") values (0);
select "name" from "knex_migrations" order by "id" asc;
update "knex_migrations_lock" set "is_locked" = 1 where "is_locked" = 0;
select max("batch") as "max_batch" from "knex_migrations";

-- @ 001_first
BEGIN;
create table "kx_users" ("id" serial primary key, "name" varchar(100) not null, "born" date, "score" decimal(8, 2), "created_at" timestamptz not null default CURRENT_TIMESTAMP);
alter table "kx_users" add constraint "kx_users_name_unique" unique ("name");
create table "kx_posts" ("id" bigserial primary key, "author_id" integer not null, "body" text, "kind" text check ("kind" in ('a', 'b')));
alter table "kx_posts" add constraint "kx_posts_author_id_foreign" foreign key ("author_id") references "kx_users" ("id") on delete CASCADE;
create index "kx_posts_author_id_index" on "kx_posts" ("author_id");
comment on table "kx_posts" is 'what was written';
insert into "knex_migrations" ("batch", "migration_time", "name") values (1, '2026-03-01 10:00:00', '001_first.js');
COMMIT;

-- @ 002_alter, table.string('name', 255).alter()
BEGIN;
alter table "kx_users" alter column "name" drop default;
alter table "kx_users" alter column "name" drop not null;
alter table "kx_users" alter column "name" type varchar(255) using ("name"::varchar(255));
alter table "kx_users" alter column "score" type decimal(10, 2) using ("score"::decimal(10, 2));
alter table "kx_users" add column "email" varchar(255) null, add column "seen" integer not null default '0';
alter table "kx_users" rename column "seen" to "visits";
alter table "kx_posts" drop constraint "kx_posts_kind_check";
-- production: table-rewrite, a date becomes a time
alter table "kx_users" alter column "born" type timestamptz using ("born"::timestamptz);
-- production: index-concurrently, the table was there before
create index "kx_users_email_index" on "kx_users" ("email");
-- production: no-drop, what is in the column is gone
alter table "kx_users" drop column "email";
-- production: index-concurrently, dropIndex has no other way
drop index "kx_posts_author_id_index";
insert into "knex_migrations" ("batch", "migration_time", "name") values (2, '2026-03-02 10:00:00', '002_alter.js');
COMMIT;

-- @ 003_raw, config = { transaction: false }
create index concurrently "kx_users_email_index" on "kx_users" ("email");
alter table "kx_posts" rename to "kx_articles";

-- @ rollback
BEGIN;
-- production: no-drop, what is in the table is gone
drop table if exists "kx_articles";
-- production: no-truncate, every row goes
truncate "kx_articles" restart identity cascade;
delete from "knex_migrations" where "id" in (2);
COMMIT;

-- @ the lock is let go
-- production: no-blind-update, Knex’s own UPDATE of its one row has no WHERE: let no-blind-update warn for who migrates
update "knex_migrations_lock" set "is_locked" = 0;
