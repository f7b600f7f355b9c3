import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, so that no worker is left with it when the others are done. */
const long = ['test/leaks/', 'test/commands/', 'test/e2e/demo.test', 'test/sql/', 'test/gateway/']

/** vitest's own order, by what it remembers of the last run, knows nothing in a fresh clone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const path = relative(this.ctx.config.root, moduleId).replaceAll('\\', '/')
      const found = long.findIndex((start) => path.startsWith(start))
      return found < 0 ? long.length : found
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}
