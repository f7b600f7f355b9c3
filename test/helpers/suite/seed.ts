const asked = process.env['HOOP_TEST_SEED']

/**
 * What tests draw by chance comes from this number: the same in each run, so that what fails has failed by the change at hand and
 * not by the day. `npm run fuzz` and its like draw anew; HOOP_TEST_SEED repeats one of theirs.
 */
export const seed =
  asked !== undefined ? Number(asked) : process.env['HOOP_TEST_FUZZ'] === undefined ? 11 : Date.now() & 0x7fffffff
