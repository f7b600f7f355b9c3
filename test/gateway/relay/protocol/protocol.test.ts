import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { servers } from '../../../helpers/postgres/servers.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { errorsIn, rowsIn, send, states, types, WireClient } from '../wire-client.js'

describe.for(servers())('on %s', ([, url]) => {
  let server: RelayServer
  beforeAll(async () => {
    server = await relayServer({ url })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('a simple query', async () => {
    const client = await WireClient.login(server.port)
    const reply = await client.ask(send.query("SELECT 1 AS a, 'x' AS b; SELECT 2"))
    expect(types(reply)).toBe('TDCTDCZ')
    expect(rowsIn(reply)).toEqual([['1', 'x'], ['2']])
    await client.end()
  })

  test('a pipeline with several Syncs and an error in the middle', async () => {
    const client = await WireClient.login(server.port)
    const one = [send.parse('SELECT $1::int'), send.bind(['7']), send.describe(), send.execute(), send.sync()]
    const bad = [send.parse('SELECT 1/0'), send.bind(), send.execute(), send.parse('SELECT 3'), send.sync()]
    client.write(...one, ...bad, ...one)
    const reply = await client.until(3)
    expect(types(reply)).toBe('12TDCZ' + '1EZ' + '12TDCZ')
    expect(errorsIn(reply)[0]).toMatchObject({ C: '22012' })
    await client.end()
  })

  test('portals with row limits', async () => {
    const client = await WireClient.login(server.port)
    const reply = await client.ask(
      send.parse('SELECT generate_series(1, 5)', 's'),
      send.bind([], { name: 's', portal: 'p' }),
      send.execute('p', 2),
      send.execute('p', 2),
      send.execute('p', 2),
      send.close('P', 'p'),
      send.close('S', 's'),
      send.sync(),
    )
    expect(types(reply)).toBe('12DDsDDsDC33Z')
    await client.end()
  })

  test('COPY both ways, with failures on either side', async () => {
    const client = await WireClient.login(server.port)
    await client.ask(send.query('CREATE TEMP TABLE t (a int)'))
    client.write(send.query('COPY t FROM STDIN'))
    expect(types(await client.untilType('G'))).toBe('G')
    expect(types(await client.ask(send.copyData('1\n2\n'), send.copyDone()))).toBe('CZ')
    client.write(send.query('COPY t FROM STDIN'))
    await client.untilType('G')
    expect(errorsIn(await client.ask(send.copyData('3\n'), send.copyFail('no')))[0]).toMatchObject({ C: '57014' })
    client.write(send.query('COPY t FROM STDIN'))
    await client.untilType('G')
    expect(errorsIn(await client.ask(send.copyData('x\n'), send.copyDone()))[0]).toMatchObject({ C: '22P02' })
    expect(types(await client.ask(send.query('COPY t TO STDOUT')))).toBe('HddcCZ')
    expect(rowsIn(await client.ask(send.query('SELECT count(*) FROM t')))).toEqual([['2']])
    await client.end()
  })

  test('COPY in the extended protocol, with the Sync that libpq sends before it knows', async () => {
    const client = await WireClient.login(server.port)
    await client.ask(send.query('CREATE TEMP TABLE t (a int)'))
    const copy = [send.parse('COPY t FROM STDIN'), send.bind(), send.execute(), send.sync()]
    client.write(...copy)
    expect(types(await client.untilType('G'))).toBe('12G')
    expect(types(await client.ask(send.copyData('1\n'), send.copyDone(), send.sync()))).toBe('CZ')
    expect(rowsIn(await client.ask(send.query('SELECT count(*) FROM t')))).toEqual([['1']])
    client.write(...copy)
    await client.untilType('G')
    expect(types(await client.ask(send.copyData('x\n'), send.copyDone(), send.sync()))).toBe('EZ')
    expect(rowsIn(await client.ask(send.query('SELECT count(*) FROM t')))).toEqual([['1']])
    const again = [send.parse('SELECT 5'), send.bind(), send.describe(), send.execute(), send.sync()]
    expect(types(await client.ask(...again))).toBe('12TDCZ')
    expect(types(await client.ask(...again))).toBe('12TDCZ')
    await client.end()
  })

  test('all of a COPY sent at once, before the server has said anything', async () => {
    const client = await WireClient.login(server.port)
    await client.ask(send.query('CREATE TEMP TABLE t (a int)'))
    client.write(
      send.query('COPY t FROM STDIN'),
      send.copyData('1\n'),
      send.copyDone(),
      send.parse('COPY t FROM STDIN'),
      send.bind(),
      send.execute(),
      send.copyData('2\n'),
      send.copyDone(),
      send.sync(),
      send.query('SELECT count(*) FROM t'),
    )
    const reply = await client.until(3)
    expect(types(reply)).toBe('GCZ' + '12GCZ' + 'TDCZ')
    expect(rowsIn(reply)).toEqual([['2']])
    await client.end()
  })

  test('transaction states, notices, notifications while idle', async () => {
    const client = await WireClient.login(server.port)
    expect(states(await client.ask(send.query('BEGIN')))).toBe('T')
    expect(states(await client.ask(send.query('SELECT nothing')))).toBe('E')
    expect(states(await client.ask(send.query('ROLLBACK')))).toBe('I')
    const notice = await client.ask(send.query("DO $$ BEGIN RAISE NOTICE 'hello'; END $$"))
    expect(types(notice)).toBe('NCZ')
    await client.ask(send.query('LISTEN news'))
    const other = await WireClient.login(server.port)
    await other.ask(send.query("NOTIFY news, 'x'"))
    expect(types(await client.untilType('A'))).toBe('A')
    await other.end()
    await client.end()
  })

  test('FunctionCall is refused, and the connection goes on', async () => {
    const client = await WireClient.login(server.port)
    const reply = await client.ask(send.functionCall(1598))
    expect(types(reply)).toBe('EZ')
    expect(errorsIn(reply)[0]).toMatchObject({ C: '42501' })
    expect(types(await client.ask(send.query('')))).toBe('IZ')
    await client.end()
  })
})
