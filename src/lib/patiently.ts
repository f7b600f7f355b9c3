/** The system has no room for one more open file, or is asked for too much, at this moment. */
const momentary: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'EAGAIN'])

export const isMomentary = (error: unknown): boolean => momentary.has((error as NodeJS.ErrnoException).code)

/** Milliseconds between one try and the next: some 20 s in all. */
const usual: readonly number[] = [50, 100, 200, 500, 1000, 2000, 4000, 5000, 7000]

/**
 * Tries again what the system can't do for a moment: another part of this process may have many files open. What it can't do for
 * longer is thrown.
 * @param pauses milliseconds before each further try
 */
export const patiently = async <Result>(work: () => Promise<Result>, pauses = usual): Promise<Result> => {
  for (const pause of pauses) {
    try {
      return await work()
    } catch (error) {
      if (!isMomentary(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  return work()
}
