/** The last line of an answer to who follows a session: where the next one goes on. It is in no recording. */
export interface PositionLine {
  readonly type: 'position'
  readonly after: string
  readonly live: boolean
}
