import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askedStatus, exitStatus, failureText, terminalColumns, toHoopError } from './failure.js'
import { watchSignals } from './interrupt.js'

/** Whether `--help` stands before a `--`, or nothing was asked at all. */
const wantsHelp = (argv: readonly string[]): boolean => {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  return argv.length === 0 || own.includes('--help') || own.includes('-h')
}

/**
 * Runs the command line and ends the process with its status.
 * @param importMetaUrl of bin/run.js: the package's root is the folder above
 */
export async function main(importMetaUrl: string): Promise<void> {
  watchSignals()
  await runCommand(process.argv.slice(2), join(dirname(fileURLToPath(importMetaUrl)), '..'))
  // Kept-alive connections would hold the process; what was written is flushed first.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
}

/** Runs one command; its status is in `process.exitCode` then. Never throws. @param root the package's folder */
export async function runCommand(typed: readonly string[], root: string): Promise<void> {
  // `hoop help connect` is what people type.
  const argv = typed[0] === 'help' ? [...typed.slice(1), '--help'] : [...typed]
  try {
    if (['--version', '-v', 'version'].includes(argv[0] ?? '')) version(root)
    else if (typed[0] === 'help' && typed[1] !== undefined && (await topic(typed.slice(1)))) return
    else if (wantsHelp(argv)) await help(root, argv)
    else await (await import('@oclif/core/run')).run(argv, { root })
  } catch (error) {
    const asked = askedStatus(error)
    const failure = toHoopError(error)
    if (asked === undefined) process.stderr.write(failureText(failure, terminalColumns(process.stderr)))
    process.exitCode = asked ?? exitStatus(failure)
  }
}

/** Read and printed without loading oclif: a third of the time. */
function version(root: string): void {
  const { version: own } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  process.stdout.write(`hoop/${own} ${process.platform}-${process.arch} node-${process.version}\n`)
}

/** `hoop help topics`, `hoop help masks`: false where it is no topic. */
async function topic(words: readonly string[]): Promise<boolean> {
  const { topicText } = await import('./topics/topics.js')
  const text = topicText(words.join('-'))
  if (text !== undefined) process.stdout.write(text)
  return text !== undefined
}

async function help(root: string, argv: string[]): Promise<void> {
  const [{ Config }, { ExamplesFirstHelp }] = await Promise.all([import('@oclif/core/config'), import('./help.js')])
  await new ExamplesFirstHelp(await Config.load({ root })).showHelp(argv)
}
