export interface Waiting {
  stop(): void
}

/**
 * Shows that something is being waited for; a moving sign on a terminal, one line elsewhere.
 * @param animate whether stderr is a terminal on which something may move
 */
export async function waiting(text: string, animate: boolean): Promise<Waiting> {
  if (!animate) {
    process.stderr.write(`${text} …\n`)
    return { stop: () => undefined }
  }
  const { default: ora } = await import('ora')
  // Ctrl-C belongs to the command: ora must not read the keyboard.
  const spinner = ora({ text, stream: process.stderr, discardStdin: false, hideCursor: true }).start()
  return { stop: () => void spinner.stop() }
}
