import { styleText } from 'node:util'

/** Where the demo speaks: headings, commands, and what they wrote. */
export interface Printer {
  /** `2. Casey looks around` and one sentence below it. */
  heading(title: string, text: string): void
  /** `casey$ hoop connections` */
  command(person: string, line: string): void
  /** Output of a command; lines wider than the terminal are cut, with an ellipsis. */
  output(text: string): void
  words(text: string): void
  /** Ends a line that a command left open. */
  flush(): void
}

const cut = (line: string, columns: number) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line)

export const printer = (stream: NodeJS.WriteStream): Printer => {
  const style = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream })
  // A terminal that doesn't know its width says 0.
  const columns = (stream.isTTY && stream.columns) || 240
  let rest = ''
  let spaced = true
  const write = (text: string) => {
    stream.write(text)
    spaced = text.endsWith('\n\n')
  }
  const flush = () => {
    if (rest) write(`${cut(rest, columns)}\n`)
    rest = ''
  }
  return {
    flush,
    heading: (title, text) => {
      flush()
      write(`${spaced ? '' : '\n'}${style('bold', title)}\n${style('dim', text)}\n\n`)
    },
    command: (person, line) => {
      flush()
      write(`${spaced ? '' : '\n'}${style('green', `${person}$`)} ${style('bold', line)}\n`)
    },
    output: (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) write(`${cut(line, columns)}\n`)
    },
    words: (text) => {
      flush()
      write(`${text}\n`)
    },
  }
}
