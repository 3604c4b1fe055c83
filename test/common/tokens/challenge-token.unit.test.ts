import { describe, expect, it } from 'vitest'
import {
  CHALLENGE_LIFETIME_MS,
  type ChallengeUse,
  createChallengeTokens,
} from '../../../src/common/tokens/challenge-token'
import { createConfirmationTokens } from '../../../src/common/tokens/confirmation-token'

const SECRET = 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'
const NEW_SECRET = 'a7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'
const NOW = Date.UTC(2026, 2, 14)
const tokens = createChallengeTokens([SECRET])
const caller = { userUuid: 'user', sessionUuid: 'session', tokenVersion: 0 }

const USES: readonly (readonly [string, ChallengeUse])[] = [
  ['a log-in', { purpose: 'log_in' }],
  ['a new passkey', { purpose: 'add', caller }],
  ['a confirmation', { purpose: 'confirm', caller }],
  [
    'a confirmation of another user',
    { purpose: 'confirm', caller: { ...caller, userUuid: 'another' } },
  ],
  [
    'a confirmation in another session',
    { purpose: 'confirm', caller: { ...caller, sessionUuid: 'another' } },
  ],
]

describe('a challenge', () => {
  it.each(USES)('of %s is valid for no other use', async (_, use) => {
    const token = await tokens.sign(use, NOW)
    for (const [name, other] of USES) {
      const verified = await tokens.verify(token, other, NOW)
      expect(verified !== undefined, name).toBe(other === use)
    }
  })

  it('has an ID of its own, and expires after five minutes', async () => {
    const use = { purpose: 'log_in' } as const
    const [token, other] = [await tokens.sign(use, NOW), await tokens.sign(use, NOW)]
    const endMs = NOW + CHALLENGE_LIFETIME_MS
    const verified = await tokens.verify(token, use, endMs - 1)
    expect(verified).toMatchObject({ expiresAtMs: endMs })
    expect((await tokens.verify(other, use, NOW))?.id).not.toBe(verified?.id)
    expect(await tokens.verify(token, use, endMs)).toBeUndefined()
  })

  it('is not a confirmation, and a confirmation is not a challenge', async () => {
    const confirmations = createConfirmationTokens([SECRET])
    const challenge = await tokens.sign({ purpose: 'confirm', caller }, NOW)
    expect(await confirmations.verify(challenge, NOW)).toBeUndefined()
    const confirmation = await confirmations.sign(caller, NOW)
    expect(await confirmations.verify(confirmation, NOW)).toEqual(caller)
    const use = { purpose: 'confirm', caller } as const
    expect(await tokens.verify(confirmation, use, NOW)).toBeUndefined()
  })

  it('of the previous secret is accepted while that is configured', async () => {
    const use = { purpose: 'log_in' } as const
    const token = await tokens.sign(use, NOW)
    const rotated = createChallengeTokens([NEW_SECRET, SECRET])
    expect(await rotated.verify(token, use, NOW)).toBeDefined()
    expect(await createChallengeTokens([NEW_SECRET]).verify(token, use, NOW)).toBeUndefined()
  })
})
