/** Shows that something is being waited for; a moving sign on a terminal, one line elsewhere. */
export interface Waiting {
  succeed(text: string): void
  stop(): void
}

/** @param animate whether stderr is a terminal on which something may move */
export async function waiting(text: string, animate: boolean): Promise<Waiting> {
  if (!animate) {
    process.stderr.write(`${text} …\n`)
    return { succeed: (done) => void process.stderr.write(`${done}\n`), stop: () => undefined }
  }
  const { default: ora } = await import('ora')
  // Ctrl-C belongs to the command: ora must not read the keyboard.
  const spinner = ora({ text, stream: process.stderr, discardStdin: false, hideCursor: true }).start()
  return { succeed: (done) => void spinner.succeed(done), stop: () => void spinner.stop() }
}
