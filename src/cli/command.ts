import { Command } from '@oclif/core/command'
import { string } from '@oclif/core/flags'
import type { Unavailable } from '../lib/api.js'
import type { HoopError } from '../lib/errors.js'
import { mayMove } from './accessible.js'
import { askedStatus, exitStatus, failureJson, failureText, terminalColumns, toHoopError } from './failure.js'
import { interruption } from './interrupt.js'
import { jsonText, plain } from './text.js'

/**
 * The base of every command. How to write one:
 *
 * ```ts
 * export default class Connections extends ClientCommand {
 *   static override summary = 'List what you may connect to.'       // a sentence; help shows examples before flags
 *   static override examples = ['<%= config.bin %> connections']
 *   async run(): Promise<object> {
 *     const { flags } = await this.parse(Connections)
 *     const { connections } = await import('../src/agent/…')        // everything but cli and lib by await import()
 *     …
 *     this.log(table(['name', …], rows))                            // data: stdout; says nothing under --json
 *     return { connections }                                        // printed under --json
 *   }
 * }
 * ```
 *
 * - Arguments: set `ignoreStdin: true`, or oclif takes an absent one from a pipe.
 * - Errors: throw a HoopError. It becomes `hoop: …` and `hint: …` on stderr, or `{ error: … }` on stdout under --json,
 *   and the exit status of the catalogue. Wrong flags are USAGE, 64.
 * - `this.signal` aborts at Ctrl-C; throw its reason (or let an AbortError through) and the status is 130.
 * - Output: `this.log` for data, `this.say` for words, `this.event` for a line of JSON in commands that stream
 *   (`static jsonLines = true`, then return nothing). Tables are in table.ts, `plain` and `paint` in text.ts.
 */
export abstract class HoopCommand extends Command {
  static override enableJsonFlag = true
  /** `--json` writes one object a line while the command runs, instead of one at its end. */
  static jsonLines = false

  protected get env(): NodeJS.ProcessEnv {
    return process.env
  }

  /** Aborts at Ctrl-C and SIGTERM. */
  protected get signal(): AbortSignal {
    return interruption()
  }

  /** Whether somebody can be asked: a person at a terminal on both sides, who did not ask for JSON. */
  protected get interactive(): boolean {
    return !this.jsonEnabled() && process.stdin.isTTY && process.stdout.isTTY
  }

  /** Whether to draw: for such a person, where something may move. */
  protected get draws(): boolean {
    return this.interactive && mayMove(this.env)
  }

  /** Words for people, on stderr; silent under --json. */
  protected say(text: string): void {
    if (!this.jsonEnabled()) process.stderr.write(text + '\n')
  }

  /** Something that should be known, --json or not. */
  protected caution(text: string): void {
    process.stderr.write(`hoop: warning: ${text}\n`)
  }

  /** One line of JSON on stdout; nothing without --json. */
  protected event(event: object): void {
    if (this.jsonEnabled()) process.stdout.write(jsonText(event) + '\n')
  }

  protected override logJson(json: unknown): void {
    const lines = (this.constructor as typeof HoopCommand).jsonLines
    process.stdout.write(jsonText(json, lines ? undefined : 2) + '\n')
  }

  protected override catch(error: Error): Promise<void> {
    const asked = askedStatus(error)
    process.exitCode = asked ?? this.fail(toHoopError(error))
    return Promise.resolve()
  }

  private fail(error: HoopError): number {
    if (this.jsonEnabled()) this.logJson(failureJson(error))
    else process.stderr.write(failureText(error, terminalColumns(process.stderr)))
    return exitStatus(error)
  }
}

/** A command that talks to a gateway: adds `--gateway`. */
export abstract class ClientCommand extends HoopCommand {
  static override baseFlags = {
    gateway: string({
      char: 'g',
      env: 'HOOP_GATEWAY',
      helpGroup: 'GLOBAL',
      helpValue: 'PROFILE|URL',
      description: 'gateway to use, by the name or URL it was logged in under (default: the last one logged in to)',
    }),
  }

  /** Why sessions on a connection are refused for now. */
  protected tellUnavailable(connection: string, unavailable: readonly Unavailable[] = []): void {
    for (const { database, reason } of unavailable)
      this.caution(plain(`${connection}, database ${database}: ${reason}`))
  }
}
