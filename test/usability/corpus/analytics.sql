-- What analysts ask of tables with masked columns: customers' and suppliers' names, addresses, phones and balances.
-- After the colon: what is expected under `predicates: equality`, the default; `answered` where it is still
-- refused and should not be.

-- @ customers, all columns: answered
SELECT * FROM customer ORDER BY c_custkey LIMIT 10

-- @ one customer by key: answered
SELECT c_name, c_phone, c_mktsegment FROM customer WHERE c_custkey = 7

-- @ customers by segment: answered
SELECT c_mktsegment, count(*) AS customers FROM customer GROUP BY c_mktsegment ORDER BY customers DESC

-- @ average balance by segment: answered
SELECT c_mktsegment, avg(c_acctbal) AS average, min(c_acctbal), max(c_acctbal) FROM customer GROUP BY 1 ORDER BY 1

-- @ customers and their orders: answered
SELECT c.c_custkey, c.c_name, count(o.o_orderkey) AS orders, coalesce(sum(o.o_totalprice), 0) AS spent
FROM customer c LEFT JOIN orders o ON o.o_custkey = c.c_custkey GROUP BY c.c_custkey, c.c_name ORDER BY spent DESC LIMIT 20

-- @ customers by nation and region: answered
SELECT r_name, n_name, count(*) FROM customer JOIN nation ON c_nationkey = n_nationkey
JOIN region ON n_regionkey = r_regionkey GROUP BY r_name, n_name ORDER BY 3 DESC

-- @ rollup of revenue over region, nation, segment: answered
SELECT r_name, n_name, c_mktsegment, sum(o_totalprice) AS revenue
FROM orders JOIN customer ON o_custkey = c_custkey JOIN nation ON c_nationkey = n_nationkey
JOIN region ON n_regionkey = r_regionkey GROUP BY ROLLUP (r_name, n_name, c_mktsegment) ORDER BY 1, 2, 3

-- @ grouping sets: answered
SELECT c_mktsegment, o_orderstatus, count(*), grouping(c_mktsegment, o_orderstatus)
FROM orders JOIN customer ON o_custkey = c_custkey
GROUP BY GROUPING SETS ((c_mktsegment), (o_orderstatus), ())

-- @ cube: answered
SELECT n_name, c_mktsegment, count(*) FROM customer JOIN nation ON c_nationkey = n_nationkey
GROUP BY CUBE (n_name, c_mktsegment)

-- @ monthly revenue: answered
SELECT date_trunc('month', o_orderdate) AS month, sum(o_totalprice) AS revenue, count(DISTINCT o_custkey) AS buyers
FROM orders GROUP BY month ORDER BY month

-- @ running total per customer: answered
SELECT c_custkey, c_name, o_orderdate, o_totalprice,
  sum(o_totalprice) OVER (PARTITION BY c_custkey ORDER BY o_orderdate) AS running
FROM orders JOIN customer ON c_custkey = o_custkey ORDER BY c_custkey, o_orderdate

-- @ top three orders of each customer: answered
SELECT c_name, o_orderkey, o_totalprice FROM (
  SELECT c_name, o_orderkey, o_totalprice, row_number() OVER (PARTITION BY c_custkey ORDER BY o_totalprice DESC) AS rank
  FROM orders JOIN customer ON c_custkey = o_custkey) ranked
WHERE rank <= 3

-- @ rank of customers by spending: answered
SELECT c_custkey, c_name, sum(o_totalprice) AS spent, rank() OVER (ORDER BY sum(o_totalprice) DESC) AS place
FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey, c_name ORDER BY place LIMIT 10

-- @ partition by a masked name: answered
SELECT c_name, o_orderdate, count(*) OVER (PARTITION BY c_name) AS orders_of_that_name
FROM orders JOIN customer ON c_custkey = o_custkey

-- @ time between orders: answered
SELECT o_custkey, c_phone, o_orderdate, o_orderdate - lag(o_orderdate) OVER w AS days
FROM orders JOIN customer ON c_custkey = o_custkey WINDOW w AS (PARTITION BY o_custkey ORDER BY o_orderdate)

-- @ quartiles of spending: answered
WITH spending AS (SELECT o_custkey, sum(o_totalprice) AS spent FROM orders GROUP BY o_custkey)
SELECT c_name, spent, ntile(4) OVER (ORDER BY spent) AS quartile FROM spending JOIN customer ON c_custkey = o_custkey

-- @ percentiles of order size: answered
SELECT c_mktsegment, percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY o_totalprice)
FROM orders JOIN customer ON c_custkey = o_custkey GROUP BY c_mktsegment

-- @ customers without orders: answered
SELECT c_custkey, c_name, c_phone FROM customer c
WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.o_custkey = c.c_custkey) ORDER BY c_custkey

-- @ anti-join by left join: answered
SELECT c_custkey, c_address FROM customer LEFT JOIN orders ON o_custkey = c_custkey WHERE o_orderkey IS NULL

-- @ customers of the biggest nations: answered
SELECT c_name, c_nationkey FROM customer WHERE c_nationkey IN (
  SELECT c_nationkey FROM customer GROUP BY c_nationkey ORDER BY count(*) DESC LIMIT 3)

-- @ latest order of each customer by DISTINCT ON: answered
SELECT DISTINCT ON (c_custkey) c_custkey, c_name, o_orderkey, o_orderdate
FROM customer JOIN orders ON o_custkey = c_custkey ORDER BY c_custkey, o_orderdate DESC

-- @ latest orders by LATERAL: answered
SELECT c.c_name, recent.o_orderkey, recent.o_orderdate FROM customer c
CROSS JOIN LATERAL (SELECT o_orderkey, o_orderdate FROM orders WHERE o_custkey = c.c_custkey
  ORDER BY o_orderdate DESC LIMIT 2) recent

-- @ orders per customer as JSON: answered
SELECT c_custkey, c_name, json_agg(json_build_object('order', o_orderkey, 'total', o_totalprice) ORDER BY o_orderkey)
FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey, c_name

-- @ whole customers as JSON: answered
SELECT row_to_json(c) FROM customer c LIMIT 5

-- @ jsonb objects with masked members: answered
SELECT jsonb_build_object('id', c_custkey, 'contact', jsonb_build_object('phone', c_phone)) AS card FROM customer LIMIT 5

-- @ names in one string: answered
SELECT n_name, string_agg(c_name, ', ') AS customers FROM customer JOIN nation ON c_nationkey = n_nationkey GROUP BY n_name

-- @ keys in an array: answered
SELECT c_mktsegment, array_agg(c_custkey ORDER BY c_custkey) FROM customer GROUP BY c_mktsegment

-- @ pivot by FILTER: answered
SELECT c_mktsegment, count(*) FILTER (WHERE o_orderstatus = 'F') AS filled,
  count(*) FILTER (WHERE o_orderstatus = 'O') AS open, sum(o_totalprice) FILTER (WHERE o_orderstatus = 'P') AS pending
FROM orders JOIN customer ON c_custkey = o_custkey GROUP BY c_mktsegment

-- @ pivot by CASE: answered
SELECT n_name, sum(CASE WHEN c_mktsegment = 'BUILDING' THEN 1 ELSE 0 END) AS building,
  sum(CASE WHEN c_mktsegment = 'MACHINERY' THEN 1 ELSE 0 END) AS machinery
FROM customer JOIN nation ON n_nationkey = c_nationkey GROUP BY n_name

-- @ whether a balance is negative: answered
SELECT c_custkey, CASE WHEN c_acctbal < 0 THEN 'owes' ELSE 'fine' END AS state FROM customer ORDER BY c_custkey

-- @ phone's country code: answered
SELECT c_custkey, left(c_phone, 2) AS country FROM customer ORDER BY c_custkey LIMIT 10

-- @ upper-case name: answered
SELECT upper(c_name) AS name, length(c_address) AS address_length FROM customer LIMIT 10

-- @ one line for a letter: answered
SELECT c_name || E'\n' || c_address AS letter FROM customer WHERE c_mktsegment = 'BUILDING'

-- @ a default where there is no phone: answered
SELECT c_custkey, coalesce(c_phone, 'none') AS phone FROM customer LIMIT 10

-- @ a cast: answered
SELECT c_custkey, c_acctbal::int AS rounded, c_name::text FROM customer LIMIT 10

-- @ a customer by exact phone: answered
SELECT c_custkey, c_name FROM customer WHERE c_phone = '13-555-1001'

-- @ customers by a list of names: answered
SELECT c_custkey FROM customer WHERE c_name IN ('Customer#000000001', 'Customer#000000002')

-- @ customers whose phone is missing: answered
SELECT count(*) FROM customer WHERE c_phone IS NULL

-- @ distinct phones: answered
SELECT count(DISTINCT c_phone) AS phones, count(c_phone) AS filled, count(*) AS all_rows FROM customer

-- @ duplicate names: answered
SELECT c_name, count(*) AS times FROM customer GROUP BY c_name HAVING count(*) > 1

-- @ distinct names: answered
SELECT DISTINCT c_name FROM customer

-- @ suppliers that are customers too: answered
SELECT s_suppkey, c_custkey FROM supplier JOIN customer ON s_name = c_name

-- @ same address, two customers: answered
SELECT a.c_custkey, b.c_custkey FROM customer a JOIN customer b ON a.c_address = b.c_address AND a.c_custkey < b.c_custkey

-- @ contacts of both kinds: answered
SELECT 'customer' AS kind, c_name AS name, c_phone AS phone FROM customer
UNION ALL SELECT 'supplier', s_name, s_phone FROM supplier

-- @ keys of both kinds without duplicates: answered
SELECT c_nationkey FROM customer UNION SELECT s_nationkey FROM supplier ORDER BY 1

-- @ nations with customers and without suppliers: answered
SELECT c_nationkey FROM customer EXCEPT SELECT s_nationkey FROM supplier

-- @ a view over a masked table: answered
SELECT * FROM customer_contacts ORDER BY c_custkey LIMIT 10

-- @ a view over the same table that shows none of it: answered
SELECT c_custkey, orders, total FROM customer JOIN order_totals ON o_custkey = c_custkey ORDER BY total DESC LIMIT 5

-- @ a view with an aggregate of a masked column: answered
SELECT c_mktsegment, balance, customers FROM segment_balances ORDER BY customers

-- @ a chain of CTEs: answered
WITH big AS (SELECT o_custkey, sum(o_totalprice) AS spent FROM orders GROUP BY 1 HAVING sum(o_totalprice) > 100000),
named AS (SELECT c_custkey, c_name, c_nationkey, spent FROM big JOIN customer ON c_custkey = o_custkey),
placed AS (SELECT named.*, n_name FROM named JOIN nation ON n_nationkey = c_nationkey)
SELECT n_name, count(*), sum(spent) FROM placed GROUP BY n_name ORDER BY 3 DESC

-- @ a recursive calendar joined to orders: answered
WITH RECURSIVE days (day) AS (SELECT date '1994-01-01' UNION ALL SELECT (day + 7)::date FROM days WHERE day < date '1994-06-01')
SELECT day, count(o_orderkey), count(DISTINCT c_custkey) FROM days
LEFT JOIN orders ON o_orderdate = day LEFT JOIN customer ON c_custkey = o_custkey GROUP BY day ORDER BY day

-- @ generate_series with gaps filled: answered
SELECT month::date, count(o_orderkey) FROM generate_series(date '1994-01-01', date '1995-12-01', interval '1 month') month
LEFT JOIN orders ON date_trunc('month', o_orderdate) = month GROUP BY month ORDER BY month

-- @ a subselect in the list: answered
SELECT c_custkey, (SELECT count(*) FROM orders WHERE o_custkey = c_custkey) AS orders FROM customer ORDER BY orders DESC LIMIT 5

-- @ a masked value by subselect: answered
SELECT o_orderkey, (SELECT c_name FROM customer WHERE c_custkey = o_custkey) AS buyer FROM orders LIMIT 10

-- @ share of the total: answered
SELECT c_mktsegment, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent FROM customer GROUP BY c_mktsegment

-- @ cohort by first order: answered
WITH first AS (SELECT o_custkey, min(date_trunc('quarter', o_orderdate)) AS cohort FROM orders GROUP BY o_custkey)
SELECT cohort, count(DISTINCT c_custkey) AS customers, count(DISTINCT o_orderkey) AS orders
FROM first JOIN customer ON c_custkey = first.o_custkey JOIN orders o ON o.o_custkey = c_custkey GROUP BY cohort ORDER BY cohort

-- @ histogram of order sizes: answered
SELECT width_bucket(o_totalprice, 0, 100000, 10) AS bucket, count(*) FROM orders JOIN customer ON c_custkey = o_custkey GROUP BY 1 ORDER BY 1

-- @ standard deviation and correlation: answered
SELECT stddev(o_totalprice), corr(o_totalprice, o_custkey), regr_slope(o_totalprice, o_orderkey) FROM orders

-- @ parts and their suppliers: answered
SELECT p_name, s_name, ps_supplycost FROM part JOIN partsupp ON ps_partkey = p_partkey JOIN supplier ON s_suppkey = ps_suppkey
WHERE p_size < 10 ORDER BY ps_supplycost LIMIT 20

-- @ cheapest supplier of each part: answered
SELECT DISTINCT ON (ps_partkey) ps_partkey, s_name, s_phone, ps_supplycost
FROM partsupp JOIN supplier ON s_suppkey = ps_suppkey ORDER BY ps_partkey, ps_supplycost

-- @ late deliveries by supplier: answered
SELECT s_suppkey, s_name, avg(l_receiptdate - l_commitdate) AS late FROM lineitem JOIN supplier ON s_suppkey = l_suppkey
WHERE l_receiptdate > l_commitdate GROUP BY s_suppkey, s_name ORDER BY late DESC

-- @ searching comments: answered
SELECT c_custkey, c_name, c_comment FROM customer WHERE c_comment ILIKE '%quick%' ORDER BY c_custkey

-- @ total balance, hidden: answered
SELECT sum(c_acctbal) AS total, count(*) AS customers FROM customer

-- @ difference to the average, hidden: answered
SELECT c_custkey, c_acctbal - avg(c_acctbal) OVER (PARTITION BY c_nationkey) AS difference FROM customer

-- @ USING and NATURAL joins: answered
SELECT * FROM (SELECT c_custkey AS key, c_name FROM customer) c JOIN (SELECT o_custkey AS key, o_orderkey FROM orders) o USING (key) LIMIT 10

-- @ a table sample: answered
SELECT c_custkey, c_name FROM customer TABLESAMPLE SYSTEM (50)

-- @ paging by key: answered
SELECT c_custkey, c_name, c_phone FROM customer WHERE c_custkey > 10 ORDER BY c_custkey LIMIT 10 OFFSET 5

-- @ the plan of a query: answered
EXPLAIN SELECT c_name FROM customer WHERE c_custkey = 7

-- @ a copy to a file: answered
COPY (SELECT c_custkey, c_name, c_mktsegment FROM customer) TO STDOUT WITH (FORMAT csv, HEADER)

-- @ customers sorted by name: refused, the order of masked names tells them apart
SELECT c_custkey, c_name FROM customer ORDER BY c_name

-- @ customers with a high balance: refused, ranges over a masked balance find it by halving
SELECT c_custkey FROM customer WHERE c_acctbal > 5000

-- @ phones that begin with a country: refused, LIKE over a masked phone reads it digit by digit
SELECT c_custkey FROM customer WHERE c_phone LIKE '13-%'
