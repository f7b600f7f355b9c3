/** @throws {Error} in `npm run test:unit`, which has no server: its tests are those whose imports lead to none */
export const noUnitTest = (what: string): void => {
  if (process.env['HOOP_TEST_UNIT']) throw new Error(`a unit test starts no ${what}: this test belongs to npm test`)
}
