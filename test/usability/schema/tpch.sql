-- The eight tables of TPC-H with their keys, and a few rows each: enough for every query to plan and most to answer.
CREATE TABLE region (r_regionkey int PRIMARY KEY, r_name char(25) NOT NULL, r_comment varchar(152));
CREATE TABLE nation (
  n_nationkey int PRIMARY KEY, n_name char(25) NOT NULL, n_regionkey int NOT NULL REFERENCES region, n_comment varchar(152)
);
CREATE TABLE part (
  p_partkey int PRIMARY KEY, p_name varchar(55) NOT NULL, p_mfgr char(25) NOT NULL, p_brand char(10) NOT NULL,
  p_type varchar(25) NOT NULL, p_size int NOT NULL, p_container char(10) NOT NULL, p_retailprice numeric(15, 2) NOT NULL,
  p_comment varchar(23) NOT NULL
);
CREATE TABLE supplier (
  s_suppkey int PRIMARY KEY, s_name char(25) NOT NULL, s_address varchar(40) NOT NULL,
  s_nationkey int NOT NULL REFERENCES nation, s_phone char(15) NOT NULL, s_acctbal numeric(15, 2) NOT NULL,
  s_comment varchar(101) NOT NULL
);
CREATE TABLE partsupp (
  ps_partkey int NOT NULL REFERENCES part, ps_suppkey int NOT NULL REFERENCES supplier, ps_availqty int NOT NULL,
  ps_supplycost numeric(15, 2) NOT NULL, ps_comment varchar(199) NOT NULL, PRIMARY KEY (ps_partkey, ps_suppkey)
);
CREATE TABLE customer (
  c_custkey int PRIMARY KEY, c_name varchar(25) NOT NULL, c_address varchar(40) NOT NULL,
  c_nationkey int NOT NULL REFERENCES nation, c_phone char(15) NOT NULL, c_acctbal numeric(15, 2) NOT NULL,
  c_mktsegment char(10) NOT NULL, c_comment varchar(117) NOT NULL
);
CREATE TABLE orders (
  o_orderkey int PRIMARY KEY, o_custkey int NOT NULL REFERENCES customer, o_orderstatus char(1) NOT NULL,
  o_totalprice numeric(15, 2) NOT NULL, o_orderdate date NOT NULL, o_orderpriority char(15) NOT NULL,
  o_clerk char(15) NOT NULL, o_shippriority int NOT NULL, o_comment varchar(79) NOT NULL
);
CREATE TABLE lineitem (
  l_orderkey int NOT NULL REFERENCES orders, l_partkey int NOT NULL, l_suppkey int NOT NULL, l_linenumber int NOT NULL,
  l_quantity numeric(15, 2) NOT NULL, l_extendedprice numeric(15, 2) NOT NULL, l_discount numeric(15, 2) NOT NULL,
  l_tax numeric(15, 2) NOT NULL, l_returnflag char(1) NOT NULL, l_linestatus char(1) NOT NULL, l_shipdate date NOT NULL,
  l_commitdate date NOT NULL, l_receiptdate date NOT NULL, l_shipinstruct char(25) NOT NULL, l_shipmode char(10) NOT NULL,
  l_comment varchar(44) NOT NULL, PRIMARY KEY (l_orderkey, l_linenumber),
  FOREIGN KEY (l_partkey, l_suppkey) REFERENCES partsupp
);

INSERT INTO region SELECT i, (ARRAY['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'])[i + 1], '' FROM generate_series(0, 4) i;
INSERT INTO nation SELECT i, (ARRAY['ALGERIA', 'BRAZIL', 'CHINA', 'FRANCE', 'SAUDI ARABIA', 'KENYA', 'CANADA', 'INDIA', 'GERMANY', 'IRAN'])[i + 1], i % 5, '' FROM generate_series(0, 9) i;
INSERT INTO part SELECT i, 'forest green part ' || i, 'Manufacturer#' || i % 5, 'Brand#' || 12 + i % 3 * 11, 'ECONOMY ANODIZED STEEL', 1 + i % 50, (ARRAY['SM CASE', 'MED BOX', 'LG PACK'])[1 + i % 3], 900 + i, '' FROM generate_series(1, 40) i;
INSERT INTO supplier SELECT i, 'Supplier#' || lpad(i::text, 9, '0'), i || ' Canary Row', i % 10, '2' || i % 10 || '-555-' || 1000 + i, i * 10, 'Customer fine' FROM generate_series(1, 10) i;
INSERT INTO partsupp SELECT p, 1 + (p + s) % 10, p * s, p + s, '' FROM generate_series(1, 40) p, generate_series(0, 3) s;
INSERT INTO customer SELECT i, 'Customer#' || lpad(i::text, 9, '0'), i || ' Secret Lane', i % 10, 13 + i % 20 || '-555-' || 1000 + i, i * 7 - 50, (ARRAY['BUILDING', 'MACHINERY', 'AUTOMOBILE'])[1 + i % 3], 'quick' FROM generate_series(1, 30) i;
INSERT INTO orders SELECT i, 1 + i % 20, (ARRAY['F', 'O', 'P'])[1 + i % 3], i * 1000, date '1994-01-01' + i * 7, (ARRAY['1-URGENT', '2-HIGH', '5-LOW'])[1 + i % 3], 'Clerk#1', 0, 'pending' FROM generate_series(1, 100) i;
INSERT INTO lineitem SELECT o, 1 + (o + n) % 40, ps_suppkey, n, 5 * n, 100 * n, 0.06, 0.02, (ARRAY['R', 'A', 'N'])[1 + n % 3], (ARRAY['O', 'F'])[1 + n % 2], d, d + 10, d + 20, 'DELIVER IN PERSON', (ARRAY['AIR', 'MAIL', 'SHIP'])[1 + n % 3], '' FROM generate_series(1, 100) o, generate_series(1, 4) n, LATERAL (SELECT ps_suppkey FROM partsupp WHERE ps_partkey = 1 + (o + n) % 40 ORDER BY 1 OFFSET n % 4 LIMIT 1) ps, LATERAL (SELECT date '1994-01-05' + o * 7 AS d) t;

CREATE VIEW customer_contacts AS SELECT c_custkey, c_name, c_phone, n_name AS nation FROM customer JOIN nation ON c_nationkey = n_nationkey;
CREATE VIEW order_totals AS SELECT o_custkey, count(*) AS orders, sum(o_totalprice) AS total FROM orders GROUP BY o_custkey;
CREATE VIEW segment_balances AS SELECT c_mktsegment, avg(c_acctbal) AS balance, count(*) AS customers FROM customer GROUP BY c_mktsegment;
ANALYZE;
