/** Stands in for `node:util`; what would be waited for is not there. */
export const promisify =
  (call: (...args: readonly unknown[]) => unknown) =>
  async (...args: readonly unknown[]): Promise<unknown> =>
    call(...args)
