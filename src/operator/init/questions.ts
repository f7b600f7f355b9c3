import { HoopError } from '../../lib/errors.js'
import {
  type Answers,
  defaultListen,
  type FirstConnection,
  parseConnection,
  parseDatabaseUrl,
  parseGatewayUrl,
  parseIssuer,
  parseListen,
  passwordVariable,
} from './answers.js'
import { openPrompt, type Prompt, type Terminal } from './prompt.js'

/** What was given as flags; the rest is asked for. */
export interface Given {
  readonly url?: string | undefined
  readonly listen?: string | undefined
  readonly issuer?: string | undefined
  readonly clientId?: string | undefined
  readonly group?: string | undefined
  readonly connection?: string | undefined
}

const required = { url: '--url', issuer: '--issuer', connection: '--connection' } as const
const defaults = { clientId: 'hoop-cli', group: 'hoop-users' }

/**
 * Completes the flags by questions, where there is a terminal to ask on.
 * @throws {HoopError} USAGE for a flag that won't do, NO_TERMINAL naming the flags that are missing, INTERRUPTED
 */
export const completeAnswers = async (given: Given, terminal: Terminal | undefined): Promise<Answers> => {
  const checked = {
    url: given.url === undefined ? undefined : parseGatewayUrl(given.url),
    listen: given.listen === undefined ? undefined : parseListen(given.listen),
    issuer: given.issuer === undefined ? undefined : parseIssuer(given.issuer),
    connection: given.connection === undefined ? undefined : parseConnection(given.connection),
  }
  const missing = (Object.keys(required) as (keyof typeof required)[]).filter((name) => checked[name] === undefined)
  if (missing.length && !terminal) {
    throw new HoopError('NO_TERMINAL', `missing ${missing.map((name) => required[name]).join(', ')}`)
  }
  using prompt = missing.length && terminal ? openPrompt(terminal) : undefined
  const url = checked.url ?? (await askUrl(prompt!))
  const listen = checked.listen ?? (await (prompt ? askListen(prompt, url) : defaultListen(url)))
  const issuer = checked.issuer ?? (await askIssuer(prompt!))
  const clientId = given.clientId ?? (await askWord(prompt, 'Client id registered there', defaults.clientId))
  const connection = checked.connection ?? (await askConnection(prompt!))
  const group = given.group ?? (await askWord(prompt, `Group whose members may use ${connection.name}`, defaults.group))
  return { url, listen, issuer, clientId, group, connection }
}

const askUrl = (prompt: Prompt) =>
  prompt.ask({ text: 'Address that clients use', fallback: 'https://localhost:8443', parse: parseGatewayUrl })

const askListen = (prompt: Prompt, url: string) =>
  prompt.ask({ text: 'Listen on', fallback: defaultListen(url), parse: parseListen })

const askIssuer = (prompt: Prompt) =>
  prompt.ask({ text: 'Issuer of your identity provider (https://…)', parse: parseIssuer })

const askWord = async (prompt: Prompt | undefined, text: string, fallback: string): Promise<string> =>
  prompt ? prompt.ask({ text, fallback, parse: (answer) => answer }) : fallback

const askConnection = async (prompt: Prompt): Promise<FirstConnection> => {
  const name = await prompt.ask({
    text: 'Name of the first connection',
    fallback: 'vectordb',
    parse: (text) => parseConnection(`${text}=postgres://user@host/database`).name,
  })
  const database = await prompt.ask({ text: 'Its database (postgres://user@host/database)', parse: parseDatabaseUrl })
  if (database.password) return { name, ...database }
  const password = await prompt.ask({
    text: `Its password (not shown; empty to take it from $${passwordVariable(name)} at start)`,
    secret: true,
    parse: (text) => text,
  })
  return { name, url: database.url, ...(password && { password }) }
}
