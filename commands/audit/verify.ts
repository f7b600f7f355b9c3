import { string } from '@oclif/core/flags'
import { findingText } from '../../src/cli/audit/findings.js'
import { proofText } from '../../src/cli/audit/proof-text.js'
import { ClientCommand } from '../../src/cli/command.js'
import { Progress } from '../../src/cli/progress.js'
import { count, plain } from '../../src/cli/text.js'
import { catalogue } from '../../src/lib/catalogue.js'
import type { BundleAuditOptions } from '../../src/operator/audit/verify.js'
import { momentOf } from '../../src/lib/when.js'

/** Findings that are printed; --json has all. */
const most = 50

export default class AuditVerify extends ClientCommand {
  static override summary =
    'Check that nothing of what was recorded has been altered. Exits with 3 where something was.'
  static override description =
    'Takes the record from the gateway (for auditors), from a bundle, or from the folders that a configuration names, and ' +
    'checks it here: the ledger against its signed checkpoint, against the checkpoint seen last and against copies, then ' +
    'every recording, session and act against the ledger.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --since 7d --json',
    {
      description: 'On the gateway’s machine, with or without a gateway that runs',
      command: '<%= config.bin %> <%= command.id %> --config /etc/hoop/hoop.yaml',
    },
    {
      description: 'A bundle, by a key that you got another way',
      command: "<%= config.bin %> <%= command.id %> --bundle record.tar --vkey 'gateway.example.com/ledger/1f2e3d4c+…'",
    },
    {
      description: 'One session, act or decision, by what hoop audit proof wrote',
      command:
        "<%= config.bin %> <%= command.id %> --proof killed.tlog-proof --vkey 'gateway.example.com/ledger/1f2e3d4c+…'",
    },
  ]
  static override flags = {
    since: string({ helpValue: 'WHEN', description: 'only sessions from then on; the ledger is checked whole' }),
    config: string({ helpValue: 'FILE', description: 'the folders that this hoop.yaml names', exclusive: ['bundle'] }),
    bundle: string({ helpValue: 'FILE', description: 'what hoop audit export wrote' }),
    proof: string({
      ...{ helpValue: 'FILE', description: 'what hoop audit proof wrote', dependsOn: ['vkey'] },
      exclusive: ['bundle', 'config', 'since'],
    }),
    witness: string({
      ...{ helpValue: 'KEY', multiple: true, default: [] },
      description: 'verifier key of a witness that has to have signed',
    }),
    vkey: string({ helpValue: 'KEY', description: 'the verifier key to trust, in place of the one seen first' }),
  }

  async run() {
    const { flags } = await this.parse(AuditVerify)
    if (flags.proof !== undefined) return this.#checkProof(flags.proof, [flags.vkey!, ...flags.witness])
    const [environment, path, { findingKinds, isTampering }] = await Promise.all([
      import('../../src/agent/files/environment.js'),
      import('node:path'),
      import('../../src/ledger/verify/report.js'),
    ])
    using bar = new Progress(!this.jsonEnabled())
    const options = {
      memory: path.join(environment.home(this.env), 'audit.json'),
      vkey: flags.vkey,
      witnesses: flags.witness,
      ...(flags.since !== undefined && { since: new Date(momentOf(flags.since)) }),
      progress: (what: string, done: number, of: number) => bar.show(`${what} ${done} of ${of}`, done, of),
      received: (bytes: number) => bar.show(`received ${Math.ceil(bytes / 1024)} KiB`, bytes),
    }
    const found = await this.#verify(flags, options)
    bar[Symbol.dispose]()
    const { findings, sound, trust } = found
    for (const finding of findings
      .toSorted((one, other) => Number(isTampering(other)) - Number(isTampering(one)))
      .slice(0, most))
      this.log(findingText(finding, findingKinds[finding.kind].says, isTampering(finding)))
    if (findings.length > most) this.log(`… and ${findings.length - most} more; --json has all.`)
    this.log(
      `${sound ? 'Nothing was altered' : 'THE RECORD WAS ALTERED'}: ${count(found.leaves, 'leaf', 'leaves')} of ${found.origin || 'the ledger'}, ` +
        `${count(found.sessions, 'session')}, ${count(found.recordings, 'recording')} with ${count(found.frames, 'frame')}, ${count(found.acts, 'act')}, ` +
        `${count(found.copies, 'earlier checkpoint')}.`,
    )
    for (const { name, time } of found.witnesses) this.log(plain(`Seen by ${name} at ${time}.`))
    if (found.before > 0)
      this.say(`${count(found.before, 'session')} from before the ledger began: nothing is known of them.`)
    if (found.retired > 0) this.say(`${count(found.retired, 'recording')} went by retention, as the ledger says.`)
    if (found.erased > 0)
      this.say(`${count(found.erased, 'recording')} erased, as the ledger says: it names by whom, when and why.`)
    if (found.leftOut > 0)
      this.say(`${count(found.leftOut, 'session')} from before were left out: they were not checked.`)
    if (trust === 'first use')
      this.say(`The key was taken as it came, and is kept: compare it with the operator’s. ${found.vkey}`)
    if (!sound) process.exitCode = catalogue.AUDIT_TAMPERED.exit
    return found
  }

  async #checkProof(path: string, vkeys: readonly string[]) {
    const { checkProofAt } = await import('../../src/operator/audit/proof.js')
    const proved = await checkProofAt(path, vkeys)
    this.log(proofText(proved))
    return proved
  }

  async #verify(
    flags: {
      readonly gateway?: string | undefined
      readonly config?: string | undefined
      readonly bundle?: string | undefined
      readonly since?: string | undefined
    },
    options: BundleAuditOptions,
  ) {
    const { verifyBundle, verifyBundleFile, verifyByConfiguration } = await import('../../src/operator/audit/verify.js')
    if (flags.config !== undefined) return verifyByConfiguration(flags.config, { ...options, env: this.env })
    if (flags.bundle !== undefined) return verifyBundleFile(flags.bundle, options)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const query = options.since ? `?since=${encodeURIComponent(options.since.toISOString())}` : ''
    return verifyBundle(client.bytes(`/v1/audit/bundle${query}`), { ...options, place: client.route.url.origin })
  }
}
