/** What is drawn, and goes with Ctrl-Z and comes with `fg`. */
export interface Suspendable {
  /** Takes the picture off, or leaves it standing, for good. */
  readonly stop: () => Promise<void>
  readonly suspend: () => Promise<void>
}

/**
 * Draws at once, and again whenever the process goes on after `suspend`.
 * @param draw begins a picture and returns what ends it
 * @param halt stops the process, as Ctrl-Z does
 */
export function suspendable(draw: () => () => Promise<void>, halt: () => void): Suspendable {
  let end: (() => Promise<void>) | undefined = draw()
  const resume = (): void => {
    end = draw()
  }
  const finish = async (): Promise<void> => {
    const last = end
    end = undefined
    await last?.()
  }
  return {
    stop: async () => {
      process.off('SIGCONT', resume)
      await finish()
    },
    suspend: async () => {
      // Pressed twice before it stopped: one picture was there, and one is to come back.
      if (!end) return
      await finish()
      process.once('SIGCONT', resume)
      halt()
    },
  }
}
