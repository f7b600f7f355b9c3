import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { readRecording } from '../../src/recording/reader.js'

/** Base64 of it wherever it may begin in what is encoded (`user:secret`), without the characters that its neighbors decide. */
const base64 = (secret: string): string[] =>
  [0, 1, 2].map((before) => {
    const text = Buffer.from('\0'.repeat(before) + secret)
      .toString('base64')
      .replace(/=+$/, '')
    const isCut = (before + Buffer.byteLength(secret)) % 3 !== 0
    return text.slice(before === 0 ? 0 : before + 1, isCut ? -1 : undefined)
  })

/** As it may be written: as it is, in a URL, in JSON, in hex, in base64 of both alphabets. */
const forms = (secret: string): string[] => {
  const encoded = base64(secret)
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...encoded,
    ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** Which secrets stand in a text, by name. Whole tokens of our own kinds are secrets whoever planted them. */
export const secretsIn = (text: string, planted: ReadonlyMap<string, string>): string[] => [
  ...[...planted].filter(([, secret]) => forms(secret).some((form) => text.includes(form))).map(([name]) => name),
  ...(/\bhoop_st_\w{20,}/.test(text) ? ['a service token'] : []),
  ...(/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/.test(text) ? ['a signed token'] : []),
  ...(/BEGIN [A-Z ]*PRIVATE KEY/.test(text) ? ['a private key'] : []),
]

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)

/** All rows of a database, since a value that is longer than a page lies in several pieces of its file. */
const rowsOf = (path: string): string => {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
      .all() as { name: string }[]
    return tables
      .flatMap(({ name }) => {
        const query = db.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`)
        query.setReadBigInts(true)
        return query.all().flatMap((row) => Object.values(row).map(textOf))
      })
      .join('\n')
  } finally {
    db.close()
  }
}

const eventsOf = async (path: string): Promise<string> => {
  const events: unknown[] = []
  for await (const event of readRecording(path)) events.push(event)
  return JSON.stringify(events)
}

/** Every file below a folder, by its path there; of a recording and a database also what they hold. */
export const filesIn = async (folder: string): Promise<Map<string, string>> => {
  const found = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const raw = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      // What has gone meanwhile, as the mark of a recording does that has ended, is not there to be read.
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (!raw) continue
    const held = path.endsWith('.hooprec')
      ? await eventsOf(path)
      : raw.subarray(0, 15).toString() === 'SQLite format 3'
        ? rowsOf(path)
        : ''
    found.set(relative(folder, path), raw.toString('latin1') + raw.toString('utf8') + held)
  }
  return found
}

/** What `ps` shows of a process and its threads. */
export const titleOf = async (pid: number | undefined): Promise<string> => {
  if (pid === undefined) return ''
  const read = (path: string) => readFile(path, 'utf8').catch(() => '')
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const names = await Promise.all(threads.map((thread) => read(`/proc/${pid}/task/${thread}/comm`)))
  return [(await read(`/proc/${pid}/cmdline`)).replaceAll('\0', ' '), ...names].join('\n')
}
