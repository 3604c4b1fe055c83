/** Hashes passwords with few rounds, so that a new user takes milliseconds instead of 400 ms. */
import type { Plugin } from 'vitest/config'

const PRODUCTION_COST = '{ N: 2 ** 15, r: 8, p: 3 }'
const TEST_COST = '{ N: 16, r: 8, p: 1 }'

/** @throws if the parameters in `src/users/password.ts` have another form */
export const cheapPasswords = (): Plugin => ({
  name: 'cheap-passwords',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/src/users/password.ts')) return undefined
    if (!code.includes(PRODUCTION_COST)) throw new Error(`no ${PRODUCTION_COST} in ${id}`)
    return { code: code.replace(PRODUCTION_COST, TEST_COST), map: null }
  },
})
