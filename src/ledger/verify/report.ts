/** What can be found, and whether it means that somebody altered the record. Complete by type: each has its sentence. */
export const findingKinds = {
  'checkpoint-missing': { tampered: true, says: 'the ledger has no checkpoint' },
  'checkpoint-signature': { tampered: true, says: 'the checkpoint is not signed by the key that is trusted' },
  'ledger-rolled-back': { tampered: true, says: 'the ledger was taken back to an earlier state' },
  'ledger-forked': { tampered: true, says: 'the ledger is not a continuation of what was seen before' },
  'ledger-other': { tampered: true, says: 'this is another ledger than the one that was seen before' },
  'tree-mismatch': { tampered: true, says: 'the entries do not make the tree that was signed' },
  'entry-altered': { tampered: true, says: 'an entry of the ledger was altered' },
  'tile-altered': { tampered: true, says: 'a tile of the ledger was altered or removed' },
  'leaf-altered': { tampered: true, says: 'what a leaf says was altered' },
  'leaf-missing': { tampered: true, says: 'what a leaf says was removed' },
  'leaf-contradicted': { tampered: true, says: 'a later leaf says something else than the first did' },
  'never-entered': {
    tampered: true,
    says: 'this was kept out of the ledger: the gateway entered later things, and would have entered this before',
  },
  'recording-missing': { tampered: true, says: 'the session’s recording is gone' },
  'recording-altered': { tampered: true, says: 'the session’s recording was altered' },
  'recording-truncated': { tampered: true, says: 'the end of the session’s recording is gone' },
  'recording-extended': { tampered: true, says: 'something was added to the session’s recording' },
  'recording-unknown': { tampered: true, says: 'there is a recording of a session that the ledger does not know' },
  'recording-misplaced': { tampered: true, says: 'the file holds the recording of another session' },
  'row-missing': { tampered: true, says: 'the session is gone from the store' },
  'row-altered': { tampered: true, says: 'what the store says of the session was altered' },
  'row-unknown': { tampered: true, says: 'the store has a session that the ledger does not know' },
  'act-missing': { tampered: true, says: 'an act is gone from the store' },
  'act-altered': { tampered: true, says: 'what the store says of an act was altered' },
  'row-forged': { tampered: true, says: 'the store has a row that the gateway has not made, and would not enter' },
  'act-unknown': { tampered: true, says: 'the store has an act that the ledger does not know' },
  'removed-open': { tampered: true, says: 'the recording was removed of a session that had not ended' },
  'removed-on-hold': { tampered: true, says: 'the recording was removed though it was on hold' },
  'witness-missing': { tampered: true, says: 'a witness that is asked for has signed no state of the ledger' },
  'witness-signature': { tampered: true, says: 'what a witness has signed is not what lies there' },
  'witness-silent': { tampered: false, says: 'a witness that the configuration names has signed nothing yet' },
  'tile-missing': {
    tampered: false,
    says: 'a tile of the ledger is gone; its entries are there and make the tree that was signed',
  },
  'copy-unreadable': { tampered: false, says: 'a copy of checkpoints cannot be read' },
  'not-entered-yet': {
    tampered: false,
    says: 'this is not in the ledger yet: it has just happened, or a gateway stopped and its next start enters it',
  },
  'nothing-ran': { tampered: false, says: 'a session was refused before anything ran' },
  unpublished: {
    tampered: false,
    says: 'leaves that are not signed yet: the gateway is writing them, or stopped before it could',
  },
  'end-not-noted': {
    tampered: false,
    says: 'the store does not know yet that the session ended: it has just ended, or a gateway stopped and its next start notes it',
  },
  'entered-late': {
    tampered: false,
    says: 'a gateway stopped during the session, and what follows the frame was entered only at its next start: nobody vouches for it',
  },
  'recording-failed': { tampered: false, says: 'the gateway itself could not finish the recording' },
  'recording-erased': { tampered: false, says: 'the session’s recording was erased' },
  'removal-unfinished': {
    tampered: false,
    says: 'the ledger says that the recording was to go, and it is there: a gateway stopped in between, or it was put back',
  },
  'store-restored': {
    tampered: false,
    says: 'the store was put back to an earlier state, or somebody has made it look so',
  },
  'store-edited': {
    tampered: false,
    says: 'the gateway found a row in its store that it had not made, and entered nothing by it',
  },
  silence: { tampered: false, says: 'nothing was entered for longer than a gateway that runs is silent' },
  'clock-set-back': { tampered: false, says: 'the gateway’s clock was set back' },
} as const satisfies Record<string, { tampered: boolean; says: string }>

export type FindingKind = keyof typeof findingKinds

export interface Finding {
  readonly kind: FindingKind
  readonly session?: string
  /** Number of the act. */
  readonly act?: number
  /** Place in the ledger. */
  readonly leaf?: string
  /** Of the recording, from 0: the first that can't be believed. */
  readonly frame?: number
  readonly expected?: string
  readonly found?: string
  /** ISO 8601 */
  readonly time?: string
}

/** A checkpoint that was seen before, and where. */
export interface SeenCheckpoint {
  /** Signed note. */
  readonly checkpoint: string
  /** For people: a copy's folder, or that it was seen here. */
  readonly where: string
}

/** When a witness has signed the ledger last. */
export interface Witnessed {
  readonly name: string
  /** ISO 8601, by the witness's clock. */
  readonly time: string
}

/** What was checked, and what was found. */
export interface Verification {
  readonly origin: string
  /** Leaves under the checkpoint. */
  readonly size: string
  readonly checkpoint: string
  readonly leaves: number
  readonly sessions: number
  readonly recordings: number
  readonly frames: number
  /** Frames whose events could not be read where this was checked; their chain was. */
  readonly unread: number
  readonly acts: number
  /** Sessions from before the ledger began, which it says nothing of. */
  readonly before: number
  /** Sessions that weren't checked, since they began before those that were asked for. */
  readonly leftOut: number
  /** Recordings that are gone as they should be, by retention and since somebody erased them. */
  readonly retired: number
  readonly erased: number
  readonly copies: number
  /** Those that were asked for and have signed. */
  readonly witnesses: readonly Witnessed[]
  readonly findings: readonly Finding[]
  /** Nothing was altered, as far as this can be known. */
  readonly sound: boolean
}

export const isTampering = ({ kind }: Finding): boolean => findingKinds[kind].tampered
