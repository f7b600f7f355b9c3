import { expect, type Scene } from '../scene.js'

export const looksAround = async (scene: Scene): Promise<void> => {
  const { output } = await scene.hoop('casey', ['connections'])
  expect(output.includes('vectordb'), 'the connection is listed')
}
