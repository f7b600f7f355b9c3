/**
 * Threads that tests start run the sources as they stand, with nobody to compile them: there an import of `x.js` means `x.ts`.
 * The processes of the suite are started with this (`execArgv`), and their threads with what they were.
 */
import { registerHooks } from 'node:module'
import { isMainThread } from 'node:worker_threads'

const isSource = (specifier: string, from: string | undefined): boolean =>
  /^\.{1,2}\/.*\.js$/.test(specifier) && from?.endsWith('.ts') === true

if (!isMainThread)
  registerHooks({
    resolve: (specifier, context, next) =>
      next(isSource(specifier, context.parentURL) ? specifier.replace(/\.js$/, '.ts') : specifier, context),
  })
