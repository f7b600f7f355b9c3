import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { completeAnswers, type Given } from '../../../src/operator/init/questions.js'

const complete: Given = {
  url: 'https://gateway.example.com:8443',
  issuer: 'https://login.example.com',
  connection: 'vectordb=postgres://app@db.internal/vectors',
}

/** A terminal at which somebody types a line whenever a question ends in `: `. */
const typing = (...lines: string[]) => {
  const input = new PassThrough()
  const output = new PassThrough()
  const shown: string[] = []
  output.on('data', (chunk: Buffer) => {
    shown.push(chunk.toString())
    if (!chunk.toString().includes(': ')) return
    const line = lines.shift()
    if (line !== undefined) setImmediate(() => input.write(line === '\u0003' ? line : `${line}\r`))
  })
  return { terminal: { input, output }, shown: () => shown.join('') }
}

test('without a terminal the missing flags are named', async () => {
  await expect(completeAnswers({ url: 'https://a:1' }, undefined)).rejects.toMatchObject({
    code: 'NO_TERMINAL',
    exit: 64,
    message: expect.stringContaining('--issuer, --connection') as string,
  })
})

test('with all flags nothing is asked', async () => {
  const { terminal, shown } = typing()
  const answers = await completeAnswers(complete, terminal)
  expect(shown()).toBe('')
  expect(answers).toMatchObject({ listen: '0.0.0.0:8443', clientId: 'hoop-cli', group: 'hoop-users' })
})

test('on a narrow terminal an answer stands behind its question, not at a column that is not there', async () => {
  const { terminal, shown } = typing('https://a.example.com', '', '', '', '', '')
  Object.assign(terminal.output, { columns: 40 })
  const { url: _, ...rest } = complete
  await completeAnswers(rest, terminal)
  const moves = [...shown().matchAll(/\u001b\[(\d+)G/g)].map(([, column]) => Number(column))
  expect(moves.length).toBeGreaterThan(0)
  expect(Math.max(...moves)).toBeLessThanOrEqual(40)
})

test('answers are asked for, with defaults, and a bad one is asked for again', async () => {
  const { terminal, shown } = typing(
    '', // address
    '', // listen
    'nonsense',
    'http://elsewhere.example.com', // plain http
    'https://login.example.com/realms/x',
    'my-client',
    '', // name
    'postgres://db/vectors', // no user
    'postgres://app@db/vectors',
    'hunter2',
    'data',
  )
  expect(await completeAnswers({}, terminal)).toEqual({
    url: 'https://localhost:8443',
    listen: '127.0.0.1:8443',
    issuer: 'https://login.example.com/realms/x',
    clientId: 'my-client',
    group: 'data',
    connection: { name: 'vectordb', url: 'postgres://app@db/vectors', password: 'hunter2' },
  })
  expect(shown()).toContain('no URL: nonsense')
  expect(shown()).toContain('must begin with https')
  expect(shown()).toContain('names no user')
  expect(shown()).not.toContain('the command was not understood')
})

test('a password is not shown while it is typed', async () => {
  const { terminal, shown } = typing('vectordb', 'postgres://app@db/vectors', 'hunter2', '')
  const answers = await completeAnswers(
    { ...complete, connection: undefined, listen: '0.0.0.0:1', clientId: 'c' },
    terminal,
  )
  expect(answers.connection.password).toBe('hunter2')
  expect(shown()).toContain('Its password')
  expect(shown()).not.toContain('hunter2')
})

test.for([0, 1, 2, 3, 4, 5, 6])('Ctrl-C at question %i is an interruption', async (at) => {
  const lines = ['', '', 'https://login.example.com', '', '', 'postgres://app@db/vectors', 'secret']
  const { terminal } = typing(...lines.slice(0, at), '\u0003')
  await expect(completeAnswers({}, terminal)).rejects.toMatchObject({ code: 'INTERRUPTED', exit: 130 })
})

test('the end of the input is an interruption', async () => {
  const { terminal } = typing()
  setImmediate(() => terminal.input.end())
  await expect(completeAnswers({}, terminal)).rejects.toMatchObject({ code: 'INTERRUPTED' })
})

test.for([
  [{ url: 'http://a:1' }, 'must begin with https'],
  [{ url: 'https://a/path' }, 'more than host and port'],
  [{ listen: '8443' }, 'host:port'],
  [{ listen: 'a:99999' }, 'host:port'],
  [{ issuer: 'http://login.example.com' }, 'https'],
  [{ connection: 'postgres://app@db/v' }, 'NAME='],
  [{ connection: 'a=mysql://app@db/v' }, 'postgres://user@host/database'],
  [{ connection: 'a=postgres://app@db' }, 'names no database'],
] as const)('%o is refused', async ([given, why]) => {
  await expect(completeAnswers({ ...complete, ...given }, undefined)).rejects.toThrow(why)
})

test('a password is never repeated in an error', async () => {
  const error: unknown = await completeAnswers(
    { ...complete, connection: 'a=postgres://:hunter2@db/v' },
    undefined,
  ).catch((thrown: unknown) => thrown)
  expect(String(error)).toContain('names no user')
  expect(String(error)).not.toContain('hunter2')
})
