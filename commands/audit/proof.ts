import { string as text } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { HoopError } from '../../src/lib/errors.js'

export default class AuditProof extends ClientCommand {
  static override summary =
    'Write one file that proves a session’s end, an act or a decision to somebody who has no access here.'
  static override description =
    'The file has what the ledger says, and what shows that it stands under a signed checkpoint (C2SP tlog-proof). Whoever ' +
    'has the ledger’s verifier key checks it. From the gateway, for admins and auditors, or from the folders of a configuration.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ses_6nTqU2hJcV0xkQ',
    '<%= config.bin %> <%= command.id %> 17 -o killed.tlog-proof',
    {
      description: 'On the gateway’s machine, with or without a gateway that runs',
      command: '<%= config.bin %> <%= command.id %> apr_4bWzY1mK --config /etc/hoop/hoop.yaml',
    },
  ]
  static override args = {
    target: text({
      required: true,
      ignoreStdin: true,
      description: 'id of a session that has ended or of a request that was decided on, or the number of an act',
    }),
  }
  static override flags = {
    output: string({
      char: 'o',
      helpValue: 'FILE',
      description: 'must not be there yet; TARGET.tlog-proof unless said',
    }),
    config: string({ helpValue: 'FILE', description: 'the folders that this hoop.yaml names' }),
  }

  async run() {
    const { args, flags } = await this.parse(AuditProof)
    const { target } = args
    if (!/^[\w-]{1,64}$/.test(target)) throw new HoopError('USAGE', 'that is neither an id nor the number of an act')
    const { writeNew } = await import('../../src/operator/audit/write-new.js')
    const file = flags.output ?? `${target}.tlog-proof`
    const bytes = await writeNew(file, this.#proof(target, flags), () => undefined)
    this.say(`Wrote ${file}. Check it anywhere with: hoop audit verify --proof ${file} --vkey KEY`)
    return { file, bytes }
  }

  async *#proof(
    target: string,
    { config, gateway }: { readonly config?: string | undefined; readonly gateway?: string | undefined },
  ): AsyncGenerator<Buffer, void> {
    if (config !== undefined) {
      const { proofByConfiguration } = await import('../../src/operator/audit/proof.js')
      yield Buffer.from(await proofByConfiguration(config, target, this.env))
      return
    }
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway, signal: this.signal })
    yield* client.bytes(`/v1/audit/proofs/${target}`)
  }
}
