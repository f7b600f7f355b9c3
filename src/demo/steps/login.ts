import { authority, expect, type Scene } from '../scene.js'

/** Logs one of the people in; the script does in the browser what they would. */
export const logIn = async (scene: Scene, person: string): Promise<void> => {
  let approving: Promise<void> | undefined
  const args = ['login', scene.url, '--ca', authority]
  await scene.hoop(person, args, {
    onText: (soFar) => {
      const code = /\b[A-Z]{4}-[A-Z]{4}\b/.exec(soFar)?.[0]
      if (!code || approving) return
      approving = scene.idp.approve(code, person)
      approving.catch(() => undefined) // awaited below
    },
  })
  await approving
  expect(approving !== undefined, 'a code for the browser')
}

export const contractorLogsIn = async (scene: Scene): Promise<void> => {
  await logIn(scene, 'casey')
  const { output } = await scene.hoop('casey', ['status'])
  expect(output.includes('casey@contractor.example'), 'the status names the person')
}
