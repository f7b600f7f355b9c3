import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { LastingStream } from '../../src/lib/link/lasting-stream.js'
import type { Started } from '../gateway/server/start/started.js'
import { started } from '../gateway/server/start/started.js'
import { person } from '../gateway/server/start/person.js'
import { createRecordingsView } from '../gateway/server/start/recordings.js'
import { freePort } from '../helpers/postgres/postgres.js'
import { type TempFolder, tempFolder } from '../helpers/temp.js'

const found = (name: string): string | undefined =>
  ['/usr/sbin', '/usr/local/sbin', '/usr/bin'].map((folder) => `${folder}/${name}`).find((path) => existsSync(path))

const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so'

/** Where the proxy reaches the gateway from, and so who it is to the gateway. */
const OUTSIDE = '127.0.0.9'

interface Proxy {
  readonly file: string
  readonly program: 'nginx' | 'haproxy'
  /** What of it the packaged file leaves to whoever runs it. */
  readonly whole: (own: string, folder: TempFolder) => string
  /** The line that has the proxy reach the gateway from an address of its own. */
  readonly outside: readonly [before: string | RegExp, line: string]
  /** Links come through, and not single streams alone. */
  readonly links: boolean
  readonly endsTls: boolean
  /** Says who comes. */
  readonly names: boolean
}

/** What Debian's nginx.conf does around it, without its own paths. */
const around = (folder: TempFolder, more: string): string =>
  `pid ${folder.file('pid')};\nerror_log stderr;\ndaemon off;\nworker_processes 1;\n${more}\nevents { }\n`

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

const proxies: readonly Proxy[] = [
  {
    file: 'nginx/pass-through.conf',
    program: 'nginx',
    whole: (own, folder) => around(folder, `load_module ${streamModule};`) + own,
    outside: [/^ *proxy_connect_timeout/m, `proxy_bind ${OUTSIDE};\n`],
    ...{ links: true, endsTls: false, names: false },
  },
  {
    file: 'nginx/upgrade.conf',
    program: 'nginx',
    whole: (own, folder) =>
      `${around(folder, '')}http {\naccess_log off;\n${temporary
        .map((each) => `${each}_temp_path ${folder.file(each)};\n`)
        .join('')}${own}}\n`,
    outside: [/^ *proxy_http_version/m, `proxy_bind ${OUTSIDE};\n`],
    ...{ links: false, endsTls: true, names: true },
  },
  ...(['pass-through', 'terminate', 'upgrade'] as const).map((name): Proxy => ({
    file: `haproxy/${name}.cfg`,
    program: 'haproxy',
    whole: (own) => own,
    outside: [/^ *server hoop/gm, `source ${OUTSIDE}\n`],
    ...{ links: name !== 'upgrade', endsTls: name !== 'pass-through', names: name === 'upgrade' },
  })),
]

const listening = async (port: number, proxy: ChildProcess): Promise<void> => {
  for (let tries = 0; tries < 600; tries++) {
    if (proxy.exitCode !== null) throw new Error(`it ended with ${proxy.exitCode}`)
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    const there = await Promise.race([once(socket, 'connect'), once(socket, 'close').then(() => undefined)]).catch(
      () => undefined,
    )
    socket.destroy()
    if (there) return
    await sleep(50)
  }
  throw new Error('it does not listen')
}

/** The packaged file with its addresses and paths as they are here, run by Debian's program. */
const run = async (proxy: Proxy, it: Started, ports: { readonly front: number; readonly behind: number }) => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder())
  const [certificate, key] = [it.folder.file('tls/cert.pem'), it.folder.file('tls/key.pem')]
  const pem = folder.file('hoop.pem')
  await writeFile(pem, `${await readFile(certificate, 'utf8')}${await readFile(key, 'utf8')}`)
  const own = (await readFile(`packaging/${proxy.file}`, 'utf8'))
    .replace(/(listen|bind) :?443/g, `$1 127.0.0.1:${ports.front}`)
    .replaceAll('127.0.0.1:8443', `127.0.0.1:${ports.behind}`)
    .replaceAll('/etc/nginx/tls/cert.pem', certificate)
    .replaceAll('/etc/nginx/tls/key.pem', key)
    .replaceAll('/etc/haproxy/hoop.pem', pem)
    .replaceAll('/etc/hoop/tls/ca.pem', it.caFile)
    .replace(proxy.outside[0], (before) => `${proxy.outside[1]}${before}`)
  expect(own).toContain(OUTSIDE)
  const file = folder.file('proxy.conf')
  await mkdir(folder.file('logs'))
  await writeFile(file, proxy.whole(own, folder))
  const args = { nginx: ['-p', folder.path, '-c', file], haproxy: ['-f', file] }
  const child = spawn(found(proxy.program)!, args[proxy.program], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'close')
  stack.defer(async () => {
    child.kill('SIGTERM')
    await ended
  })
  await listening(ports.front, child).catch((error: unknown) => {
    throw new Error(said, { cause: error })
  })
  const owned = stack.move()
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

const why = ({ program, file }: Proxy): string | undefined => {
  if (!found(program)) return `${program} is not installed: apt-get install ${program}`
  return program === 'nginx' && file.includes('pass-through') && !existsSync(streamModule)
    ? 'nginx has no stream module: apt-get install libnginx-mod-stream'
    : undefined
}

test.for(proxies)('packaging/$file carries logins, sessions and 5 MB of rows', async (proxy, { skip }) => {
  const missing = why(proxy)
  if (missing !== undefined) skip(missing)
  const [front, behind] = [await freePort(), await freePort()]
  const url = `https://localhost:${front}`
  const trust = proxy.names ? `  trusted_proxies: [${OUTSIDE}]\n` : ''
  await using it = await started(
    (folder) => folder.edit(/^gateway:\n/m, `gateway:\n${trust}  limits: { link: 5s }\n`),
    {},
    { url, listen: `127.0.0.1:${behind}` },
  )
  await using _ = await run(proxy, it, { front, behind })
  await using mika = await person(it.idp, 'mika', { url, caFile: it.caFile })
  const { client } = await mika.connect()
  const { rows } = await client.query<{ n: number; x: string }>(
    `SELECT n, repeat('x', 10000) AS x FROM generate_series(1, 500) n`,
  )
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 500 }, (_, at) => at + 1))
  expect(rows.every(({ x }) => x === 'x'.repeat(10_000))).toBe(true)
  await client.query('SELECT length($1)', ['y'.repeat(5_000_000)])
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection
  expect(stream instanceof LastingStream).toBe(proxy.links)
  // Half a session's end, a cancel, and an error come through as well.
  await expect(client.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' })
  await client.end()
  const recordings = createRecordingsView(it.folder.file('recordings'))
  await expect.poll(() => recordings.ends()).toEqual(['closed'])
  const [start] = await recordings.only()
  expect(start).toMatchObject({ type: 'start', client: { address: proxy.names ? '127.0.0.1' : OUTSIDE } })
})
