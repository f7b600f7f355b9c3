import { boolean } from '@oclif/core/flags'
import { isReadOut } from '../accessible.js'
import { ClientCommand } from '../command.js'
import { list, type Column, type View } from './list.js'
import { page } from './pager.js'

/** Flags of every command that lists something. */
interface Shown {
  readonly wide: boolean
  readonly 'no-header': boolean
}

/** How a list is to be shown, and whether it is to be whole: nothing left out, ids in full length. */
export interface WideView extends View {
  readonly wide: boolean
}

/** A command that lists things: adds `--wide` and `--no-header`, and pages what doesn't fit on a terminal. */
export abstract class ListCommand extends ClientCommand {
  static override baseFlags = {
    ...ClientCommand.baseFlags,
    wide: boolean({ char: 'w', description: 'every column and whole ids, however long a line becomes' }),
    'no-header': boolean({ description: 'without the line of headings' }),
  }

  /** Off a terminal nothing is left out: programs read it. */
  protected view({ wide, 'no-header': noHeader }: Shown): WideView {
    const columns = process.stdout.isTTY ? process.stdout.columns : undefined
    if (columns !== undefined && isReadOut(this.env)) return { wide: true, records: true, header: true }
    return { wide: wide || columns === undefined, columns: wide ? undefined : columns, header: !noHeader }
  }

  protected async list<T>(columns: readonly Column<T>[], things: readonly T[], flags: Shown): Promise<void> {
    await this.show(list(columns, things, this.view(flags)))
  }

  /** Data for people; nothing under `--json`. */
  protected async show(text: string): Promise<void> {
    if (!this.jsonEnabled()) await page(text, this.env['PAGER'], this.draws)
  }
}
