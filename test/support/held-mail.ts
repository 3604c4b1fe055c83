/**
 * Holds the messages of requests back, so that they leave only when a test delivers them. All tests share D1: a request
 * of another test would deliver a test's messages in the background, up to seconds later, to the simulated provider.
 */
import type { Plugin } from 'vitest/config'

const DELIVERED = 'MAILS_OF_A_REQUEST = 5'
const HELD = 'MAILS_OF_A_REQUEST = 0'

/** @throws if the number in `src/deps.ts` has another form */
export const heldMail = (): Plugin => ({
  name: 'held-mail',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/src/deps.ts')) return undefined
    if (!code.includes(DELIVERED)) throw new Error(`no ${DELIVERED} in ${id}`)
    return { code: code.replace(DELIVERED, HELD), map: null }
  },
})
