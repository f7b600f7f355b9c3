import { Box, render, Text, useInput } from 'ink'
import { useEffect, useReducer } from 'react'
import { count, plain, span } from '../text.js'

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

function Row({ row, now }: { readonly row: ConnectRow; readonly now: number }): React.JSX.Element {
  const left = row.expiresAt.getTime() - now
  const done = [count(row.statements, 'statement'), count(row.rows, 'row'), count(row.masked, 'masked value')]
  return (
    <Box flexDirection="column" marginTop={1}>
      <Text>
        <Text bold>{plain(row.name)}</Text> {row.dsn}
      </Text>
      <Text>
        {'  '}
        {count(row.open, 'open session')}, {done.join(', ')}
        {row.refused > 0 ? `, ${row.refused} refused` : ''}
      </Text>
      <Text dimColor={left > 60_000} {...(left <= 60_000 && { color: 'yellow' })}>
        {left > 0 ? `  grant: ${span(left)} left, renewed by itself` : '  grant: ended'}
      </Text>
      {row.lastRefusal === undefined ? null : <Text color="yellow">{`  last refusal: ${plain(row.lastRefusal)}`}</Text>}
      {row.problem === undefined ? null : <Text color="red">{`  ${plain(row.problem)}`}</Text>}
    </Box>
  )
}

function Connect({ feed }: { readonly feed: ConnectFeed }): React.JSX.Element {
  const [, draw] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const clock = setInterval(draw, 1_000)
    const leave = feed.subscribe(draw)
    return () => {
      clearInterval(clock)
      leave()
    }
  }, [feed])
  useInput((key, { ctrl }) => {
    if ((ctrl && key === 'c') || key === 'q') interrupt()
  })
  const now = Date.now()
  return (
    <Box flexDirection="column">
      <Text>
        {plain(feed.person)} at {feed.gateway}
      </Text>
      {feed.rows().map((row) => (
        <Row key={row.name} row={row} now={now} />
      ))}
      <Box marginTop={1}>
        <Text dimColor>Ctrl-C or q ends all of it.</Text>
      </Box>
    </Box>
  )
}

/** Draws until the returned function is called, which leaves the last picture standing. */
export function showConnect(feed: ConnectFeed): () => Promise<void> {
  const { unmount, waitUntilExit } = render(<Connect feed={feed} />, { exitOnCtrlC: false })
  return async () => {
    unmount()
    await waitUntilExit()
  }
}
