import { Box, render, Text, useInput, useWindowSize } from 'ink'
import { useEffect, useReducer, useState } from 'react'
import { emptyInbox, type InboxAction, type InboxState, press, seen, settle } from '../approvals/inbox.js'
import { inboxLines, type InboxScene, type InboxStyle } from '../approvals/inbox-lines.js'
import { paint } from '../text.js'

export interface InboxFeed extends Pick<InboxScene, 'person' | 'gateway'> {
  now(): Pick<InboxScene, 'open' | 'problem'>
  subscribe(changed: () => void): () => void
  /** @returns what to say of it */
  act(action: Exclude<InboxAction, 'quit'>): Promise<string>
  quit(): void
}

/** Raw mode brings Ctrl-C as a key; it must stay an interruption. */
const interrupt = (): void => void process.kill(process.pid, 'SIGINT')

const ink = paint(process.stdout)
const styles: Readonly<Record<InboxStyle, (text: string) => string>> = {
  plain: (text) => text,
  chosen: (text) => ink('bold', text),
  dim: (text) => ink('dim', text),
  loud: (text) => ink('yellow', text),
}

function Inbox({ feed }: { readonly feed: InboxFeed }): React.JSX.Element {
  const [, draw] = useReducer((n: number) => n + 1, 0)
  const [kept, keep] = useState<InboxState>(emptyInbox)
  const { columns, rows } = useWindowSize()
  useEffect(() => {
    const clock = setInterval(draw, 1_000)
    const leave = feed.subscribe(draw)
    return () => {
      clearInterval(clock)
      leave()
    }
  }, [feed])
  const { person, gateway } = feed
  const scene = { person, gateway, ...feed.now(), columns, rows: rows - 1 }
  const settled = settle(kept, scene.open)
  const { lines, sight } = inboxLines(scene, settled)
  const state = seen(settled, sight)
  useEffect(() => {
    if (state !== kept) keep(state)
  })
  useInput((input, key) => {
    if (key.ctrl && input === 'c') return interrupt()
    const { upArrow: up, downArrow: down, pageUp, pageDown, return: enter, escape, ctrl } = key
    const pressed = { input, up, down, pageUp, pageDown, enter, escape, ctrl, erase: key.backspace || key.delete }
    const next = press(state, pressed, scene.open, sight)
    keep(next.state)
    if (next.action === 'quit') feed.quit()
    else if (next.action) void feed.act(next.action).then((said) => keep((before) => ({ ...before, said })))
  })
  return (
    <Box flexDirection="column">
      {lines.map(({ text, style }, i) => (
        <Text key={i} wrap="truncate">
          {text === '' ? ' ' : styles[style](text)}
        </Text>
      ))}
    </Box>
  )
}

/** Draws on a screen of its own until the returned function is called, which gives back the one before. */
export function showInbox(feed: InboxFeed): () => Promise<void> {
  // The other screen begins with the cursor where it was on this one: an empty frame opens it, and the next is at its top.
  const { rerender, unmount, waitUntilExit } = render(<Text> </Text>, { exitOnCtrlC: false, alternateScreen: true })
  process.stdout.write('\u001b[H')
  rerender(<Inbox feed={feed} />)
  return async () => {
    unmount()
    await waitUntilExit()
  }
}
