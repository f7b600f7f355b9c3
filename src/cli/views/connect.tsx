import { Box, render, Text, useInput, useWindowSize } from 'ink'
import { useEffect, useReducer, useState } from 'react'
import type { Approval } from '../../lib/api/approvals.js'
import type { RecordedStatement } from '../../lib/api/statements.js'
import { statementLine, waitingLines } from '../connect/activity-lines.js'
import { count, plain, span } from '../text.js'
import { suspendable } from './suspend.js'

/** One open connection, as the view shows it. */
export interface ConnectRow {
  readonly name: string
  readonly dsn: string
  readonly expiresAt: Date
  readonly open: number
  readonly statements: number
  readonly rows: number
  readonly masked: number
  readonly refused: number
  readonly lastRefusal: string | undefined
  /** The last statements, oldest first. */
  readonly recent: readonly RecordedStatement[]
  /** What waits for somebody's approval. */
  readonly waiting: readonly Approval[]
  /** Something that went wrong and is still so. */
  readonly problem: string | undefined
}

export interface ConnectFeed {
  readonly person: string
  readonly gateway: string
  rows(): readonly ConnectRow[]
  subscribe(changed: () => void): () => void
}

/** Raw mode brings Ctrl-C as a key; it must stay an interruption. */
const interrupt = (): void => void process.kill(process.pid, 'SIGINT')

/** Hands a text to the terminal's clipboard, over SSH too, where the terminal lets programs do so (OSC 52). */
const copy = (text: string): void =>
  void process.stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`)

function Row({ row, now, columns }: { readonly row: ConnectRow; readonly now: number; readonly columns: number }) {
  const left = row.expiresAt.getTime() - now
  const done = [count(row.statements, 'statement'), count(row.rows, 'row'), count(row.masked, 'masked value')]
  return (
    <Box flexDirection="column" marginTop={1}>
      <Text>
        <Text bold>{plain(row.name)}</Text>: {count(row.open, 'open session')}, {done.join(', ')}
        {row.refused > 0 ? `, ${row.refused} refused` : ''}
      </Text>
      <Text dimColor={left > 60_000} {...(left <= 60_000 && { color: 'yellow' })}>
        {left > 0 ? `  grant: ${span(left)} left, renewed by itself` : '  grant: ended'}
      </Text>
      {row.recent.map((statement) => (
        <Text key={`${statement.session} ${statement.n}`} dimColor={statement.verdict === 'ran'} wrap="truncate">
          {`  ${statementLine(statement, columns - 2)}`}
        </Text>
      ))}
      {row.lastRefusal === undefined ? null : <Text color="yellow">{`  last refusal: ${plain(row.lastRefusal)}`}</Text>}
      {row.waiting.flatMap((approval) =>
        waitingLines(approval, now).map((line) => (
          <Text key={`${approval.id} ${line}`} color="yellow" bold>
            {`  ${line}`}
          </Text>
        )),
      )}
      {row.problem === undefined ? null : <Text color="red">{`  ${plain(row.problem)}`}</Text>}
    </Box>
  )
}

/** @public drawn by a test too */
export function Connect({ feed, suspend }: { readonly feed: ConnectFeed; readonly suspend: () => void }) {
  const [, draw] = useReducer((n: number) => n + 1, 0)
  const [asked, ask] = useState(false)
  const [said, say] = useState('')
  const { columns } = useWindowSize()
  useEffect(() => {
    const clock = setInterval(draw, 1_000)
    const leave = feed.subscribe(draw)
    return () => {
      clearInterval(clock)
      leave()
    }
  }, [feed])
  const rows = feed.rows()
  const open = rows.reduce((sum, row) => sum + row.open, 0)
  useInput((key, { ctrl }) => {
    if (ctrl && key === 'c') return interrupt()
    if (ctrl && key === 'z') return suspend()
    if (asked) {
      if (key === 'y') interrupt()
      return ask(false)
    }
    if (key === 'q') return open > 0 ? ask(true) : interrupt()
    const chosen = key === 'c' ? rows[0] : rows[Number(key) - 1]
    if (chosen) {
      copy(chosen.dsn)
      say(`Copied ${chosen.name}’s address, where your terminal allows it.`)
    }
  })
  const now = Date.now()
  const keys = rows.length > 1 ? `1 to ${Math.min(9, rows.length)} copies an address` : 'c copies the address'
  return (
    <Box flexDirection="column">
      {rows.map((row) => (
        <Text key={row.name} bold>
          {plain(row.dsn)}
        </Text>
      ))}
      <Box marginTop={1}>
        <Text>
          {plain(feed.person)} at {plain(feed.gateway)}
        </Text>
      </Box>
      {rows.map((row) => (
        <Row key={row.name} row={row} now={now} columns={columns} />
      ))}
      <Box marginTop={1} flexDirection="column">
        {said === '' ? null : <Text>{said}</Text>}
        {asked ? (
          <Text color="yellow">{`${count(open, 'open session')} will end. End all of it? (y, or any other key)`}</Text>
        ) : (
          <Text dimColor>{`${keys}, Ctrl-C or q ends all of it.`}</Text>
        )}
      </Box>
    </Box>
  )
}

/** Draws until the returned function is called, which leaves the last picture standing. Ctrl-Z and `fg` work. */
export function showConnect(feed: ConnectFeed): () => Promise<void> {
  const view = suspendable(
    () => {
      const drawn = render(<Connect feed={feed} suspend={() => void view.suspend()} />, { exitOnCtrlC: false })
      return async () => {
        drawn.unmount()
        await drawn.waitUntilExit()
      }
    },
    // As the terminal would: everybody in the foreground, who started us among them.
    () => void process.kill(0, 'SIGTSTP'),
  )
  return view.stop
}
