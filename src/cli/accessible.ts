/** Whether what is shown is read out: `HOOP_ACCESSIBLE=1`. Then nothing is drawn twice, and no sign stands for a word. */
export const isReadOut = ({ HOOP_ACCESSIBLE: asked = '' }: NodeJS.ProcessEnv): boolean => !['', '0'].includes(asked)

/** Whether something may move on a terminal of this environment. */
export const mayMove = (env: NodeJS.ProcessEnv): boolean => env['TERM'] !== 'dumb' && !isReadOut(env)
