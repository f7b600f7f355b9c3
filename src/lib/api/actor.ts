/** Who did something: an administrator, or the person themselves. */
export interface Actor {
  readonly subject: string
  readonly name: string
}
