import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLog } from '../../src/gateway/server/log/log.js'
import { openRecording } from '../../src/recording/open.js'
import { HoopError } from '../../src/lib/errors.js'
import { forOperators } from '../../src/lib/readers.js'
import { openStore } from '../../src/store/open.js'
import { seePerson } from '../../src/store/people/people.js'
import { tempFolder } from '../helpers/temp.js'
import { start } from '../recording/sample.js'
import { filesIn, secretsIn, titleOf } from './secret-search.js'

const secret = 'p&ss/w"rd-1234567\\é'
const planted = new Map([['a password', secret]])

/** A place of each kind that is searched, with a text in it; what the search makes of that place. */
const places: Readonly<Record<string, (text: string) => Promise<string>>> = {
  'a log line': async (text) => {
    const lines: string[] = []
    const stream = new Writable({ write: (chunk: Buffer, _, done) => (lines.push(chunk.toString()), done()) })
    createLog('json', stream).warn({ err: new Error(`no login with ${text}`) }, 'it failed')
    return lines.join('')
  },
  'an error': async (text) => JSON.stringify(forOperators(new HoopError('UPSTREAM_LOGIN', text))),
  '--json': async (text) => JSON.stringify({ sessions: [{ name: text }] }, undefined, 2),
  'a URL': async (text) => `postgres://app:${encodeURIComponent(text)}@db/vectors`,
  'a header of basic authentication': async (text) => `Basic ${Buffer.from(`app:${text}:x`).toString('base64')}`,
  'base64 for URLs, one byte later': async (text) => Buffer.from(`.${text}.`).toString('base64url'),
  'a dump in hex': async (text) => Buffer.from(`app:${text}`).toString('hex'),
  'a file': async (text) => {
    await using folder = await tempFolder()
    await writeFile(folder.file('left.txt'), `password = ${text}\n`)
    return [...(await filesIn(folder.path)).values()].join('')
  },
  'a recording': async (text) => {
    await using folder = await tempFolder()
    await mkdir(folder.file('recordings', '.open'), { recursive: true })
    const recorder = await openRecording(folder.file('recordings'), { ...start, reason: `because ${text}` })
    recorder.close({ end: 'closed', counters: {} })
    return [...(await filesIn(folder.path)).values()].join('')
  },
  'a row of the store, longer than a page': async (text) => {
    await using folder = await tempFolder()
    await using store = await openStore(`sqlite:${folder.file('hoop.db')}`)
    const name = `${'x'.repeat(4085)}${text}${'y'.repeat(9000)}`
    await seePerson(store.db, { subject: 'ana', name, groups: [] }, 1)
    return [...(await filesIn(folder.path)).values()].join('')
  },
  'a process’s arguments': (text) => shownOf(['-e', 'process.stdin.resume(); console.log(1)', text]),
  'a process’s title': (text) =>
    shownOf([
      '-e',
      `process.title = ${JSON.stringify(text)}; process.stdin.resume(); console.log(1)`,
      '-',
      'room for it',
    ]),
}

const shownOf = async (args: string[]): Promise<string> => {
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout!, 'data')
  const shown = await titleOf(child.pid)
  child.stdin!.end()
  child.kill()
  await once(child, 'exit')
  return shown
}

test.for(Object.entries(places))('a secret is found in %s, and none is where there is none', async ([, place]) => {
  expect(secretsIn(await place(secret), planted)).toEqual(['a password'])
  expect(secretsIn(await place('nothing of the kind'), planted)).toEqual([])
})

test('tokens and keys are secrets whoever made them', () => {
  expect(secretsIn(`HOOP_TOKEN=hoop_st_${'a'.repeat(40)}`, planted)).toEqual(['a service token'])
  const part = Buffer.from('{"alg":"none and more"}').toString('base64url')
  expect(secretsIn(`grant ${part}.${part}.${'s'.repeat(40)}`, planted)).toEqual(['a signed token'])
  expect(secretsIn('-----BEGIN EC PRIVATE KEY-----', planted)).toEqual(['a private key'])
})
