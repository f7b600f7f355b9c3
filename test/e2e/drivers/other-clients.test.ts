import { writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tempFolder } from '../../helpers/temp.js'
import { relayServer } from '../../gateway/relay/relay-server.js'
import { run, works } from './programs.js'

const python = ['/usr/bin/python3', 'python3'].find((command) => works(command, '-c', 'import psycopg'))

const psycopg = `
import psycopg
with psycopg.connect("dbname=me", autocommit=False) as conn:
    with conn.cursor(binary=True) as cur:
        cur.execute("SELECT %b::int8, %s::text, %s::float8", (2**40, "x", 1.5))
        assert cur.fetchone() == (2**40, "x", 1.5)
    with conn.pipeline(), conn.cursor() as cur:
        cur.execute("CREATE TEMP TABLE t (a int)")
        cur.executemany("INSERT INTO t VALUES (%s)", [(i,) for i in range(500)])
    assert conn.execute("SELECT count(*) FROM t").fetchone() == (500,)
    try:
        with conn.transaction():
            conn.execute("SELECT 1/0")
    except psycopg.errors.DivisionByZero:
        pass
    with conn.cursor().copy("COPY t FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4"])
        for i in range(100):
            copy.write_row([i])
    with conn.cursor().copy("COPY t TO STDOUT") as copy:
        assert sum(1 for _ in copy.rows()) == 600
    with conn.cursor(name="server_side") as cur:
        cur.execute("SELECT generate_series(1, 1000)")
        assert len(cur.fetchmany(10)) == 10
        assert len(cur.fetchall()) == 990
print("fine")
`

test.skipIf(!python)('psycopg: binary, pipeline, COPY, server-side cursors', async () => {
  await using server = await relayServer()
  const { stdout, stderr } = await run(python!, ['-'], server.port, { input: psycopg })
  expect(stderr).toBe('')
  expect(stdout).toBe('fine\n')
})

const jar = ['/usr/share/java/postgresql.jar', '/usr/share/java/postgresql-jdbc.jar'].find((path) => existsSync(path))

const pgjdbc = `
import java.sql.*;
public class Try {
  public static void main(String[] args) throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:" + System.getenv("PGPORT") + "/me?user=me&prepareThreshold=3&binaryTransfer=true&sslmode=prefer&gssEncMode=prefer";
    try (Connection c = DriverManager.getConnection(url)) {
      c.setAutoCommit(false);
      c.createStatement().execute("CREATE TEMP TABLE t (a int, b text); INSERT INTO t VALUES (0, 'zero')");
      PreparedStatement batch = c.prepareStatement("INSERT INTO t VALUES (?, ?)");
      for (int i = 1; i < 500; i++) { batch.setInt(1, i); batch.setString(2, "v" + i); batch.addBatch(); }
      batch.executeBatch();
      PreparedStatement read = c.prepareStatement("SELECT a, b FROM t WHERE a >= ? ORDER BY a");
      for (int round = 0; round < 10; round++) {
        read.setInt(1, round); read.setFetchSize(50);
        int n = 0;
        try (ResultSet r = read.executeQuery()) { while (r.next()) n++; }
        if (n != 500 - round) throw new Exception("rows: " + n);
      }
      c.commit();
      try { c.createStatement().execute("SELECT 1/0"); throw new Exception("no error"); }
      catch (SQLException e) { if (!e.getSQLState().equals("22012")) throw e; }
      c.rollback();
      try (ResultSet r = c.getMetaData().getColumns(null, null, "pg_class", "%")) { r.next(); }
      System.out.println("fine");
    }
  }
}
`

test.skipIf(!jar || !works('java', '-version'))('pgjdbc: batches, binary, fetch size, metadata', async () => {
  await using server = await relayServer()
  await using folder = await tempFolder()
  const file = folder.file('Try.java')
  await writeFile(file, pgjdbc)
  const { stdout, stderr } = await run('java', ['-cp', jar!, file], server.port)
  expect(stderr).toBe('')
  expect(stdout).toBe('fine\n')
})
