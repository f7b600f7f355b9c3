-- What reports, dashboards and notebooks ask of the same tables, one by one in the order in which teams asked for them:
-- contacts, revenue, retention, stock, deliveries, checks of the data.

-- @ customers per market segment and nation: answered
SELECT n_name, c_mktsegment, count(*) FROM customer JOIN nation ON n_nationkey = c_nationkey GROUP BY n_name, c_mktsegment ORDER BY n_name, c_mktsegment

-- @ customers of one nation, as a list to call: answered
SELECT c_custkey, c_name, c_phone, c_address FROM customer JOIN nation ON n_nationkey = c_nationkey WHERE n_name = 'FRANCE' ORDER BY c_custkey

-- @ how many customers there are: answered
SELECT count(*) FROM customer

-- @ how many have a phone: answered
SELECT count(c_phone), count(*) FROM customer

-- @ the newest customers: answered
SELECT c_custkey, c_name, c_mktsegment FROM customer ORDER BY c_custkey DESC LIMIT 5

-- @ a page of customers: answered
SELECT c_custkey, c_name, c_acctbal FROM customer ORDER BY c_custkey LIMIT 10 OFFSET 10

-- @ customers by a list of keys: answered
SELECT c_custkey, c_name FROM customer WHERE c_custkey IN (1, 2, 3) ORDER BY c_custkey

-- @ customers between two keys: answered
SELECT * FROM customer WHERE c_custkey BETWEEN 5 AND 9 ORDER BY c_custkey

-- @ customers in two segments: answered
SELECT c_custkey, c_name, c_mktsegment FROM customer WHERE c_mktsegment IN ('BUILDING', 'MACHINERY') ORDER BY c_mktsegment, c_custkey

-- @ customers whose comment says quick: answered
SELECT c_custkey, c_comment FROM customer WHERE c_comment ILIKE '%quick%' ORDER BY c_custkey

-- @ orders with the customer's name: answered
SELECT o_orderkey, o_orderdate, c_name, o_totalprice FROM orders JOIN customer ON c_custkey = o_custkey ORDER BY o_orderkey LIMIT 20

-- @ orders above a value with contacts: answered
SELECT o_orderkey, o_totalprice, c_name, c_phone FROM orders JOIN customer ON c_custkey = o_custkey WHERE o_totalprice > 50000 ORDER BY o_totalprice DESC, o_orderkey

-- @ open orders by customer: answered
SELECT c_custkey, c_name, count(*) AS open FROM customer JOIN orders ON o_custkey = c_custkey WHERE o_orderstatus = 'O' GROUP BY c_custkey, c_name ORDER BY open DESC, c_custkey

-- @ customers grouped by key alone: answered
SELECT c_custkey, c_name, c_phone, sum(o_totalprice) FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey ORDER BY c_custkey

-- @ orders by status: answered
SELECT o_orderstatus, count(*), sum(o_totalprice), avg(o_totalprice) FROM orders GROUP BY o_orderstatus ORDER BY o_orderstatus

-- @ orders by priority and status as a cross table: answered
SELECT o_orderpriority, count(*) FILTER (WHERE o_orderstatus = 'F') AS f, count(*) FILTER (WHERE o_orderstatus = 'O') AS o, count(*) FILTER (WHERE o_orderstatus = 'P') AS p FROM orders GROUP BY 1 ORDER BY 1

-- @ revenue by quarter: answered
SELECT date_trunc('quarter', o_orderdate) AS quarter, sum(o_totalprice) FROM orders GROUP BY 1 ORDER BY 1

-- @ revenue by year and nation: answered
SELECT extract(year FROM o_orderdate) AS year, n_name, sum(o_totalprice) FROM orders JOIN customer ON c_custkey = o_custkey JOIN nation ON n_nationkey = c_nationkey GROUP BY 1, 2 ORDER BY 1, 2

-- @ revenue by day of the week: answered
SELECT to_char(o_orderdate, 'Dy') AS day, sum(o_totalprice) FROM orders GROUP BY 1 ORDER BY 2 DESC, 1

-- @ revenue against last month: answered
SELECT month, total, total - lag(total) OVER (ORDER BY month) AS growth FROM (SELECT date_trunc('month', o_orderdate) AS month, sum(o_totalprice) AS total FROM orders GROUP BY 1) m ORDER BY month

-- @ revenue against the same month a year before: answered
WITH m AS (SELECT date_trunc('month', o_orderdate) AS month, sum(o_totalprice) AS total FROM orders GROUP BY 1) SELECT a.month, a.total, b.total AS before FROM m a LEFT JOIN m b ON b.month = a.month - interval '1 year' ORDER BY a.month

-- @ a moving average over three months: answered
SELECT month, avg(total) OVER (ORDER BY month ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM (SELECT date_trunc('month', o_orderdate) AS month, sum(o_totalprice) AS total FROM orders GROUP BY 1) m ORDER BY month

-- @ year to date: answered
SELECT o_orderdate, sum(o_totalprice) OVER (PARTITION BY extract(year FROM o_orderdate) ORDER BY o_orderdate) FROM orders ORDER BY o_orderdate LIMIT 30

-- @ the best month of each year: answered
SELECT DISTINCT ON (year) year, month, total FROM (SELECT extract(year FROM o_orderdate) AS year, extract(month FROM o_orderdate) AS month, sum(o_totalprice) AS total FROM orders GROUP BY 1, 2) m ORDER BY year, total DESC

-- @ the biggest order of each customer: answered
SELECT c_custkey, c_name, max(o_totalprice) AS biggest FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey, c_name ORDER BY biggest DESC, c_custkey LIMIT 10

-- @ customers with more than four orders: answered
SELECT c_custkey, c_name FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey, c_name HAVING count(*) > 4 ORDER BY c_custkey

-- @ customers who spent above the average: answered
WITH spent AS (SELECT o_custkey, sum(o_totalprice) AS total FROM orders GROUP BY o_custkey) SELECT c_custkey, c_name, total FROM spent JOIN customer ON c_custkey = o_custkey WHERE total > (SELECT avg(total) FROM spent) ORDER BY total DESC, c_custkey

-- @ customers who bought last spring: answered
SELECT c_custkey, c_name, c_phone FROM customer WHERE EXISTS (SELECT 1 FROM orders WHERE o_custkey = c_custkey AND o_orderdate BETWEEN '1994-03-01' AND '1994-05-31') ORDER BY c_custkey

-- @ customers who bought and never again: answered
SELECT c_custkey, c_name, max(o_orderdate) AS last FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey, c_name HAVING max(o_orderdate) < '1995-06-01' ORDER BY last, c_custkey

-- @ customers by number of orders: answered
SELECT orders, count(*) AS customers FROM (SELECT c_custkey, count(o_orderkey) AS orders FROM customer LEFT JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey) x GROUP BY orders ORDER BY orders

-- @ a segment's share of revenue: answered
SELECT c_mktsegment, sum(o_totalprice) / sum(sum(o_totalprice)) OVER () AS share FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_mktsegment ORDER BY share DESC

-- @ the top tenth of customers: answered
SELECT c_custkey, c_name, spent FROM (SELECT c_custkey, c_name, sum(o_totalprice) AS spent, ntile(10) OVER (ORDER BY sum(o_totalprice) DESC) AS tenth FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey, c_name) x WHERE tenth = 1 ORDER BY spent DESC, c_custkey

-- @ how concentrated revenue is: answered
SELECT c_custkey, spent, sum(spent) OVER (ORDER BY spent DESC, c_custkey) / sum(spent) OVER () AS cumulated FROM (SELECT c_custkey, sum(o_totalprice) AS spent FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey) s ORDER BY spent DESC, c_custkey

-- @ recency, frequency and value: answered
SELECT c_custkey, c_name, date '1996-01-01' - max(o_orderdate) AS recency, count(*) AS frequency, sum(o_totalprice) AS value FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey, c_name ORDER BY c_custkey

-- @ scores from recency and value: answered
SELECT c_custkey, ntile(5) OVER (ORDER BY last) AS r, ntile(5) OVER (ORDER BY value) AS m FROM (SELECT c_custkey, max(o_orderdate) AS last, sum(o_totalprice) AS value FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey) x ORDER BY c_custkey

-- @ days between first and second order: answered
WITH n AS (SELECT o_custkey, o_orderdate, row_number() OVER (PARTITION BY o_custkey ORDER BY o_orderdate) AS no FROM orders) SELECT a.o_custkey, c_name, b.o_orderdate - a.o_orderdate AS days FROM n a JOIN n b ON b.o_custkey = a.o_custkey AND b.no = 2 JOIN customer ON c_custkey = a.o_custkey WHERE a.no = 1 ORDER BY a.o_custkey

-- @ retention by month since the first order: answered
WITH first AS (SELECT o_custkey, min(o_orderdate) AS start FROM orders GROUP BY o_custkey) SELECT date_trunc('month', start) AS cohort, (o_orderdate - start) / 30 AS month, count(DISTINCT o.o_custkey) FROM orders o JOIN first USING (o_custkey) GROUP BY 1, 2 ORDER BY 1, 2

-- @ sessions of orders with gaps: answered
WITH g AS (SELECT o_custkey, o_orderdate, CASE WHEN o_orderdate - lag(o_orderdate) OVER (PARTITION BY o_custkey ORDER BY o_orderdate) > 150 THEN 1 ELSE 0 END AS new FROM orders), s AS (SELECT *, sum(new) OVER (PARTITION BY o_custkey ORDER BY o_orderdate) AS session FROM g) SELECT o_custkey, session, min(o_orderdate), max(o_orderdate), count(*) FROM s GROUP BY 1, 2 ORDER BY 1, 2

-- @ a funnel by status: answered
SELECT count(*) AS placed, count(*) FILTER (WHERE o_orderstatus IN ('P', 'F')) AS shipped, count(*) FILTER (WHERE o_orderstatus = 'F') AS done FROM orders JOIN customer ON c_custkey = o_custkey WHERE c_mktsegment = 'BUILDING'

-- @ churned customers with contacts: answered
SELECT c_custkey, c_name, c_phone, c_address FROM customer c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.o_custkey = c.c_custkey AND o.o_orderdate > '1995-09-01') ORDER BY c_custkey

-- @ customers and suppliers by nation: answered
SELECT n_name, (SELECT count(*) FROM customer WHERE c_nationkey = n_nationkey) AS customers, (SELECT count(*) FROM supplier WHERE s_nationkey = n_nationkey) AS suppliers FROM nation ORDER BY n_name

-- @ suppliers with contacts: answered
SELECT s_suppkey, s_name, s_phone, n_name FROM supplier JOIN nation ON n_nationkey = s_nationkey ORDER BY n_name, s_suppkey

-- @ suppliers by number of parts: answered
SELECT s_suppkey, s_name, count(*) AS parts FROM supplier JOIN partsupp ON ps_suppkey = s_suppkey GROUP BY s_suppkey, s_name ORDER BY parts DESC, s_suppkey

-- @ suppliers by cost of their stock: answered
SELECT s_suppkey, s_name, sum(ps_supplycost * ps_availqty) AS value FROM supplier JOIN partsupp ON ps_suppkey = s_suppkey GROUP BY s_suppkey, s_name ORDER BY value DESC, s_suppkey

-- @ stock by region: answered
SELECT r_name, sum(ps_availqty) FROM region JOIN nation ON n_regionkey = r_regionkey JOIN supplier ON s_nationkey = n_nationkey JOIN partsupp ON ps_suppkey = s_suppkey GROUP BY r_name ORDER BY r_name

-- @ suppliers of a part with addresses: answered
SELECT p_name, s_name, s_address, ps_supplycost FROM part JOIN partsupp ON ps_partkey = p_partkey JOIN supplier ON s_suppkey = ps_suppkey WHERE p_partkey = 7 ORDER BY ps_supplycost, s_suppkey

-- @ the cheapest supplier of each part, by rank: answered
SELECT p_partkey, s_suppkey, s_name, ps_supplycost FROM (SELECT p_partkey, ps_suppkey, ps_supplycost, rank() OVER (PARTITION BY p_partkey ORDER BY ps_supplycost) AS r FROM part JOIN partsupp ON ps_partkey = p_partkey) x JOIN supplier ON s_suppkey = ps_suppkey WHERE r = 1 ORDER BY p_partkey, s_suppkey LIMIT 20

-- @ parts with one supplier only: answered
SELECT ps_partkey FROM partsupp GROUP BY ps_partkey HAVING count(DISTINCT ps_suppkey) = 1 ORDER BY 1

-- @ parts that nobody ordered: answered
SELECT p_partkey, p_name FROM part WHERE NOT EXISTS (SELECT 1 FROM lineitem WHERE l_partkey = p_partkey) ORDER BY p_partkey

-- @ margin by part: answered
SELECT l_partkey, sum(l_extendedprice * (1 - l_discount)) - sum(ps_supplycost * l_quantity) AS margin FROM lineitem JOIN partsupp ON ps_partkey = l_partkey AND ps_suppkey = l_suppkey GROUP BY l_partkey ORDER BY margin DESC, l_partkey LIMIT 10

-- @ late items by supplier with contacts: answered
SELECT s_suppkey, s_name, s_phone, count(*) AS late FROM supplier JOIN lineitem ON l_suppkey = s_suppkey WHERE l_receiptdate > l_commitdate GROUP BY s_suppkey, s_name, s_phone ORDER BY late DESC, s_suppkey

-- @ the share of late items: answered
SELECT s_suppkey, avg((l_receiptdate > l_commitdate)::int) AS share FROM supplier JOIN lineitem ON l_suppkey = s_suppkey GROUP BY s_suppkey ORDER BY share DESC, s_suppkey

-- @ days to deliver by ship mode: answered
SELECT l_shipmode, avg(l_receiptdate - l_shipdate), percentile_cont(0.9) WITHIN GROUP (ORDER BY l_receiptdate - l_shipdate) FROM lineitem GROUP BY l_shipmode ORDER BY l_shipmode

-- @ returned items by customer: answered
SELECT c_custkey, c_name, count(*) FILTER (WHERE l_returnflag = 'R') AS returned, count(*) AS items FROM customer JOIN orders ON o_custkey = c_custkey JOIN lineitem ON l_orderkey = o_orderkey GROUP BY c_custkey, c_name ORDER BY returned DESC, c_custkey

-- @ discounts by month: answered
SELECT to_char(l_shipdate, 'YYYY-MM') AS month, sum(l_extendedprice * l_discount) FROM lineitem GROUP BY 1 ORDER BY 1

-- @ items of one order: answered
SELECT l_linenumber, p_name, s_name, l_quantity, l_extendedprice FROM lineitem JOIN part ON p_partkey = l_partkey JOIN supplier ON s_suppkey = l_suppkey WHERE l_orderkey = 5 ORDER BY l_linenumber

-- @ an order as a document: answered
SELECT jsonb_build_object('order', o_orderkey, 'items', jsonb_agg(jsonb_build_object('part', l_partkey, 'quantity', l_quantity) ORDER BY l_linenumber)) FROM orders JOIN lineitem ON l_orderkey = o_orderkey WHERE o_orderkey < 5 GROUP BY o_orderkey ORDER BY o_orderkey

-- @ parts bought together: answered
SELECT a.l_partkey, b.l_partkey AS other, count(*) FROM lineitem a JOIN lineitem b ON b.l_orderkey = a.l_orderkey AND b.l_partkey > a.l_partkey GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 10

-- @ customers who bought a part: answered
SELECT DISTINCT c_custkey, c_name FROM customer JOIN orders ON o_custkey = c_custkey JOIN lineitem ON l_orderkey = o_orderkey WHERE l_partkey = 12 ORDER BY c_custkey

-- @ customers who bought two parts: answered
SELECT c_custkey, c_name FROM customer WHERE c_custkey IN (SELECT o_custkey FROM orders JOIN lineitem ON l_orderkey = o_orderkey WHERE l_partkey = 12 INTERSECT SELECT o_custkey FROM orders JOIN lineitem ON l_orderkey = o_orderkey WHERE l_partkey = 13) ORDER BY c_custkey

-- @ customers of a supplier: answered
SELECT DISTINCT c_custkey, c_name, s_name FROM customer JOIN orders ON o_custkey = c_custkey JOIN lineitem ON l_orderkey = o_orderkey JOIN supplier ON s_suppkey = l_suppkey WHERE s_suppkey = 3 ORDER BY c_custkey

-- @ customers and suppliers of the same nation: answered
SELECT c_custkey, s_suppkey, n_name FROM customer JOIN supplier ON s_nationkey = c_nationkey JOIN nation ON n_nationkey = c_nationkey ORDER BY c_custkey, s_suppkey LIMIT 20

-- @ who has the same phone as somebody else: answered
SELECT a.c_custkey, b.c_custkey AS other FROM customer a JOIN customer b ON a.c_phone = b.c_phone AND a.c_custkey < b.c_custkey ORDER BY 1, 2

-- @ names that occur more than once: answered
SELECT c_name, count(*) FROM customer GROUP BY c_name HAVING count(*) > 1

-- @ how many different names there are: answered
SELECT count(DISTINCT c_name) FROM customer

-- @ a customer by name: answered
SELECT c_custkey, c_mktsegment FROM customer WHERE c_name = 'Customer#000000007'

-- @ everyone but one: answered
SELECT c_custkey FROM customer WHERE c_name <> 'Customer#000000007' ORDER BY c_custkey

-- @ names and phones from a list: answered
SELECT c_custkey, c_name FROM customer WHERE c_phone = ANY (ARRAY['14-555-1001', '15-555-1002']) ORDER BY c_custkey

-- @ a name or a phone: answered
SELECT c_custkey FROM customer WHERE c_name = 'Customer#000000007' OR c_phone = '14-555-1001' ORDER BY c_custkey

-- @ a customer's orders by name: answered
SELECT o_orderkey, o_totalprice FROM orders WHERE o_custkey = (SELECT c_custkey FROM customer WHERE c_name = 'Customer#000000007') ORDER BY o_orderkey

-- @ customers with a nickname: answered
SELECT c_custkey, coalesce(c_name, 'unknown') AS shown, c_mktsegment FROM customer ORDER BY c_custkey LIMIT 5

-- @ initials: answered
SELECT c_custkey, left(c_name, 1) AS initial FROM customer ORDER BY c_custkey LIMIT 5

-- @ a mailing label: answered
SELECT c_custkey, concat_ws(', ', c_name, c_address, n_name) AS label FROM customer JOIN nation ON n_nationkey = c_nationkey ORDER BY c_custkey LIMIT 5

-- @ length of names: answered
SELECT c_custkey, length(c_name) AS letters FROM customer ORDER BY c_custkey LIMIT 5

-- @ balances rounded: answered
SELECT c_custkey, round(c_acctbal) AS balance FROM customer ORDER BY c_custkey LIMIT 5

-- @ balances by segment: answered
SELECT c_mktsegment, sum(c_acctbal) AS balance, count(*) AS customers FROM customer GROUP BY c_mktsegment ORDER BY c_mktsegment

-- @ balance beside revenue: answered
SELECT c_custkey, c_acctbal, sum(o_totalprice) AS revenue FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey ORDER BY revenue DESC, c_custkey LIMIT 10

-- @ who owes us, as a label: answered
SELECT c_custkey, CASE WHEN c_acctbal < 0 THEN 'debtor' ELSE 'fine' END AS standing FROM customer ORDER BY c_custkey

-- @ customers without a balance: answered
SELECT c_custkey FROM customer WHERE c_acctbal IS NULL

-- @ balances of a nation: answered
SELECT n_name, avg(c_acctbal) AS average FROM nation JOIN customer ON c_nationkey = n_nationkey GROUP BY n_name ORDER BY n_name

-- @ regions with their nations: answered
SELECT r_name, string_agg(trim(n_name), ', ' ORDER BY n_name) FROM region JOIN nation ON n_regionkey = r_regionkey GROUP BY r_name ORDER BY r_name

-- @ nations as arrays: answered
SELECT r_name, array_agg(n_name ORDER BY n_name) FROM region JOIN nation ON n_regionkey = r_regionkey GROUP BY r_name ORDER BY r_name

-- @ nations without suppliers: answered
SELECT n_name FROM nation LEFT JOIN supplier ON s_nationkey = n_nationkey WHERE s_suppkey IS NULL ORDER BY n_name

-- @ everything of a nation in one union: answered
SELECT 'customer' AS kind, c_custkey AS key, c_name AS name FROM customer WHERE c_nationkey = 3 UNION ALL SELECT 'supplier', s_suppkey, s_name FROM supplier WHERE s_nationkey = 3 ORDER BY kind, key

-- @ keys in one set but not the other: answered
SELECT c_custkey FROM customer EXCEPT SELECT o_custkey FROM orders ORDER BY 1

-- @ orders of the last known month: answered
SELECT o_orderkey, o_orderdate FROM orders WHERE o_orderdate >= (SELECT max(o_orderdate) - 30 FROM orders) ORDER BY o_orderkey

-- @ orders beside the customer's average: answered
SELECT o_orderkey, o_custkey, o_totalprice, avg(o_totalprice) OVER (PARTITION BY o_custkey) AS usual FROM orders ORDER BY o_orderkey LIMIT 10

-- @ orders unusually big: answered
SELECT o_orderkey, z FROM (SELECT o_orderkey, (o_totalprice - avg(o_totalprice) OVER ()) / stddev(o_totalprice) OVER () AS z FROM orders) s WHERE z > 1.5 ORDER BY o_orderkey

-- @ the median order by segment: answered
SELECT c_mktsegment, percentile_disc(0.5) WITHIN GROUP (ORDER BY o_totalprice) FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_mktsegment ORDER BY c_mktsegment

-- @ orders in classes of size: answered
SELECT width_bucket(o_totalprice, 0, 100000, 5) AS class, count(*) FROM orders GROUP BY 1 ORDER BY 1

-- @ orders by clerk: answered
SELECT o_clerk, count(*), max(o_orderdate) FROM orders GROUP BY o_clerk ORDER BY o_clerk

-- @ the first and last order by segment: answered
SELECT c_mktsegment, min(o_orderdate), max(o_orderdate) FROM orders JOIN customer ON c_custkey = o_custkey GROUP BY c_mktsegment ORDER BY c_mktsegment

-- @ months without orders: answered
SELECT m::date FROM generate_series(date '1994-01-01', date '1995-12-01', interval '1 month') m WHERE NOT EXISTS (SELECT 1 FROM orders WHERE date_trunc('month', o_orderdate) = m) ORDER BY m

-- @ customers per month, filled: answered
SELECT m::date AS month, count(DISTINCT o_custkey) FROM generate_series(date '1994-01-01', date '1995-12-01', interval '1 month') m LEFT JOIN orders ON date_trunc('month', o_orderdate) = m GROUP BY m ORDER BY m

-- @ active customers of the last 90 days: answered
SELECT o_orderdate, (SELECT count(DISTINCT p.o_custkey) FROM orders p WHERE p.o_orderdate BETWEEN o.o_orderdate - 90 AND o.o_orderdate) AS active FROM orders o ORDER BY o_orderdate LIMIT 20

-- @ a calendar of weeks: answered
SELECT date_part('isoyear', o_orderdate) AS year, date_part('week', o_orderdate) AS week, count(*) FROM orders GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 20

-- @ orders per customer and year as a cross table: answered
SELECT c_custkey, c_name, sum(CASE WHEN extract(year FROM o_orderdate) = 1994 THEN 1 ELSE 0 END) AS y1994, sum(CASE WHEN extract(year FROM o_orderdate) = 1995 THEN 1 ELSE 0 END) AS y1995 FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey, c_name ORDER BY c_custkey

-- @ customers whose spending grew: answered
WITH y AS (SELECT o_custkey, extract(year FROM o_orderdate) AS year, sum(o_totalprice) AS total FROM orders GROUP BY 1, 2) SELECT c_custkey, c_name, b.total - a.total AS growth FROM y a JOIN y b ON b.o_custkey = a.o_custkey AND b.year = a.year + 1 JOIN customer ON c_custkey = a.o_custkey WHERE b.total > a.total ORDER BY growth DESC, c_custkey

-- @ the next order of each: answered
SELECT o_orderkey, o_custkey, lead(o_orderkey) OVER w AS next FROM orders WINDOW w AS (PARTITION BY o_custkey ORDER BY o_orderdate) ORDER BY o_orderkey LIMIT 10

-- @ the first order's value beside each: answered
SELECT o_orderkey, first_value(o_totalprice) OVER (PARTITION BY o_custkey ORDER BY o_orderdate) FROM orders ORDER BY o_orderkey LIMIT 10

-- @ two windows over customers: answered
SELECT c_custkey, c_name, row_number() OVER (PARTITION BY c_mktsegment ORDER BY c_custkey) AS number, count(*) OVER (PARTITION BY c_nationkey) AS compatriots FROM customer ORDER BY c_custkey

-- @ customers numbered: answered
SELECT row_number() OVER (ORDER BY c_custkey) AS number, c_name FROM customer ORDER BY 1 LIMIT 10

-- @ three customers of each segment: answered
SELECT c_mktsegment, c_custkey, c_name FROM (SELECT *, row_number() OVER (PARTITION BY c_mktsegment ORDER BY c_custkey) AS n FROM customer) x WHERE n <= 3 ORDER BY c_mktsegment, c_custkey

-- @ each segment's customers by LATERAL: answered
SELECT s.c_mktsegment, x.c_custkey, x.c_name FROM (SELECT DISTINCT c_mktsegment FROM customer) s, LATERAL (SELECT c_custkey, c_name FROM customer c WHERE c.c_mktsegment = s.c_mktsegment ORDER BY c_custkey LIMIT 2) x ORDER BY 1, 2

-- @ the last order with its customer by LATERAL: answered
SELECT c_custkey, c_name, o.o_orderkey, o.o_totalprice FROM customer LEFT JOIN LATERAL (SELECT o_orderkey, o_totalprice FROM orders WHERE o_custkey = c_custkey ORDER BY o_orderdate DESC LIMIT 1) o ON true ORDER BY c_custkey

-- @ customers as rows of JSON: answered
SELECT row_to_json(x) FROM (SELECT c_custkey, c_mktsegment FROM customer ORDER BY c_custkey LIMIT 3) x

-- @ orders of each customer as an array: answered
SELECT c_custkey, c_name, array(SELECT o_orderkey FROM orders WHERE o_custkey = c_custkey ORDER BY 1) AS orders FROM customer ORDER BY c_custkey LIMIT 5

-- @ a view of contacts by nation: answered
SELECT nation, count(*) FROM customer_contacts GROUP BY nation ORDER BY nation

-- @ contacts of a nation from a view: answered
SELECT c_custkey, c_name, c_phone FROM customer_contacts WHERE nation = 'FRANCE' ORDER BY c_custkey

-- @ totals from a view beside names: answered
SELECT c_custkey, c_name, orders, total FROM order_totals JOIN customer ON c_custkey = o_custkey ORDER BY total DESC, c_custkey LIMIT 10

-- @ rollup by region and nation: answered
SELECT r_name, n_name, count(*) FROM region JOIN nation ON n_regionkey = r_regionkey JOIN customer ON c_nationkey = n_nationkey GROUP BY ROLLUP (r_name, n_name) ORDER BY r_name NULLS LAST, n_name NULLS LAST

-- @ subtotals by status and priority: answered
SELECT coalesce(o_orderstatus, 'all') AS status, coalesce(o_orderpriority, 'all') AS priority, sum(o_totalprice) FROM orders GROUP BY CUBE (o_orderstatus, o_orderpriority) ORDER BY 1, 2

-- @ how many items an order has: answered
SELECT items, count(*) FROM (SELECT l_orderkey, count(*) AS items FROM lineitem GROUP BY l_orderkey) x GROUP BY items ORDER BY items

-- @ orders whose items don't add up: answered
SELECT o_orderkey, o_totalprice, sum(l_extendedprice) AS items FROM orders JOIN lineitem ON l_orderkey = o_orderkey GROUP BY o_orderkey HAVING o_totalprice <> sum(l_extendedprice) ORDER BY o_orderkey LIMIT 10

-- @ orders with a single mode of shipping: answered
SELECT l_orderkey FROM lineitem GROUP BY l_orderkey HAVING count(DISTINCT l_shipmode) = 1 ORDER BY 1 LIMIT 10

-- @ orders shipped in parts: answered
SELECT o_orderkey, c_name, count(DISTINCT l_shipdate) AS parts FROM orders JOIN customer ON c_custkey = o_custkey JOIN lineitem ON l_orderkey = o_orderkey GROUP BY o_orderkey, c_name HAVING count(DISTINCT l_shipdate) > 1 ORDER BY o_orderkey

-- @ whether every customer is known: answered
SELECT count(*) FROM orders LEFT JOIN customer ON c_custkey = o_custkey WHERE c_custkey IS NULL

-- @ rows of each table: answered
SELECT 'customer' AS name, count(*) FROM customer UNION ALL SELECT 'orders', count(*) FROM orders UNION ALL SELECT 'supplier', count(*) FROM supplier ORDER BY name

-- @ values that are missing: answered
SELECT count(*) FILTER (WHERE c_name IS NULL) AS names, count(*) FILTER (WHERE c_phone IS NULL) AS phones, count(*) FROM customer

-- @ the newest row of each table: answered
SELECT (SELECT max(c_custkey) FROM customer) AS customer, (SELECT max(o_orderkey) FROM orders) AS orders

-- @ a sample of customers: answered
SELECT c_custkey, c_name, c_mktsegment FROM customer WHERE c_custkey % 7 = 0 ORDER BY c_custkey

-- @ customers in a hash of the key: answered
SELECT c_custkey % 4 AS shard, count(*) FROM customer GROUP BY 1 ORDER BY 1

-- @ an experiment's two groups: answered
SELECT CASE WHEN c_custkey % 2 = 0 THEN 'a' ELSE 'b' END AS variant, count(DISTINCT c_custkey), avg(o_totalprice) FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY 1 ORDER BY 1

-- @ a self-join by time: answered
SELECT a.o_orderkey, count(b.o_orderkey) FROM orders a LEFT JOIN orders b ON b.o_custkey = a.o_custkey AND b.o_orderdate < a.o_orderdate GROUP BY a.o_orderkey ORDER BY a.o_orderkey LIMIT 10

-- @ a hierarchy of regions: answered
WITH RECURSIVE t AS (SELECT r_regionkey AS key, trim(r_name) AS path, 1 AS depth FROM region UNION ALL SELECT n_nationkey, t.path || '/' || trim(n_name), 2 FROM t JOIN nation ON n_regionkey = t.key WHERE t.depth = 1) SELECT path, depth FROM t ORDER BY path

-- @ a linear trend: answered
SELECT regr_slope(total, month), regr_r2(total, month) FROM (SELECT extract(year FROM o_orderdate) * 12 + extract(month FROM o_orderdate) AS month, sum(o_totalprice) AS total FROM orders GROUP BY 1) m

-- @ text of comments searched: answered
SELECT o_orderkey FROM orders WHERE to_tsvector('english', o_comment) @@ plainto_tsquery('english', 'pending') ORDER BY o_orderkey LIMIT 5

-- @ words in comments: answered
SELECT word, count(*) FROM customer, regexp_split_to_table(c_comment, ' ') AS word GROUP BY word ORDER BY 2 DESC, 1

-- @ dates as the reader wants them: answered
SELECT o_orderkey, to_char(o_orderdate, 'DD.MM.YYYY') FROM orders ORDER BY o_orderkey LIMIT 5

-- @ prices with tax: answered
SELECT l_orderkey, l_linenumber, round(l_extendedprice * (1 - l_discount) * (1 + l_tax), 2) AS gross FROM lineitem ORDER BY 1, 2 LIMIT 10

-- @ an exchange rate by VALUES: answered
SELECT n_name, sum(o_totalprice * rate) FROM (VALUES ('FRANCE', 1.1), ('CHINA', 0.14)) r (nation, rate) JOIN nation ON n_name = nation JOIN customer ON c_nationkey = n_nationkey JOIN orders ON o_custkey = c_custkey GROUP BY n_name ORDER BY n_name

-- @ customers from a list of keys with notes: answered
SELECT c_custkey, c_name, note FROM customer JOIN (VALUES (1, 'call'), (2, 'write')) n (key, note) ON key = c_custkey ORDER BY c_custkey

-- @ a target beside what was sold: answered
SELECT c_mktsegment, sum(o_totalprice) AS sold, max(target) AS target FROM customer JOIN orders ON o_custkey = c_custkey JOIN (VALUES ('BUILDING', 1000000), ('MACHINERY', 2000000)) t (segment, target) ON segment = c_mktsegment GROUP BY c_mktsegment ORDER BY c_mktsegment

-- @ orders of those with a name: answered
SELECT count(*) FROM orders JOIN customer ON c_custkey = o_custkey AND c_name IS NOT NULL

-- @ who ordered from their own nation: answered
SELECT DISTINCT c_custkey, c_name FROM customer JOIN orders ON o_custkey = c_custkey JOIN lineitem ON l_orderkey = o_orderkey JOIN supplier ON s_suppkey = l_suppkey AND s_nationkey = c_nationkey ORDER BY c_custkey

-- @ the columns of a table: answered
SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'customer' ORDER BY ordinal_position

-- @ how big tables are: answered
SELECT relname, reltuples::bigint >= 0 AS known FROM pg_class WHERE relname IN ('customer', 'orders') ORDER BY relname

-- @ each customer's nearest order in value: answered
SELECT c_custkey, c_name, o.o_orderkey FROM customer, LATERAL (SELECT o_orderkey FROM orders WHERE o_custkey = c_custkey ORDER BY abs(o_totalprice - 30000), o_orderkey LIMIT 1) o ORDER BY c_custkey

-- @ shipments by month and mode: answered
SELECT date_trunc('month', l_shipdate)::date AS month, l_shipmode, count(*), sum(l_quantity) FROM lineitem GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 20

-- @ customers whose every order is done: answered
SELECT c_custkey, c_name FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY c_custkey, c_name HAVING bool_and(o_orderstatus = 'F') ORDER BY c_custkey

-- @ the range of dates in each status: answered
SELECT o_orderstatus, daterange(min(o_orderdate), max(o_orderdate), '[]') FROM orders GROUP BY o_orderstatus ORDER BY o_orderstatus

-- @ customers beside the number of suppliers in their nation: answered
SELECT c_custkey, c_name, (SELECT count(*) FROM supplier WHERE s_nationkey = c_nationkey) AS suppliers FROM customer ORDER BY c_custkey LIMIT 10

-- @ nations by how many customers have a phone: answered
SELECT n_name, count(c_phone) AS reachable FROM nation LEFT JOIN customer ON c_nationkey = n_nationkey GROUP BY n_name ORDER BY reachable DESC, n_name

-- @ a table for a pivot in the notebook: answered
SELECT c_mktsegment, to_char(o_orderdate, 'YYYY-"Q"Q') AS quarter, sum(o_totalprice) AS total FROM customer JOIN orders ON o_custkey = c_custkey GROUP BY 1, 2 ORDER BY 1, 2

-- @ all that a dashboard shows of one customer: answered
SELECT c.*, n_name, x.orders, x.last FROM customer c JOIN nation ON n_nationkey = c_nationkey LEFT JOIN (SELECT o_custkey, count(*) AS orders, max(o_orderdate) AS last FROM orders GROUP BY o_custkey) x ON x.o_custkey = c_custkey WHERE c_custkey = 7
