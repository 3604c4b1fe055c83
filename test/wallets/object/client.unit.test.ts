import { describe, expect, it } from 'vitest'
import { createWalletClient } from '../../../src/wallets/object/client'

const name = { userUuid: 'somebody', type: 'primary' } as const

/** Error of the platform, with its flags. */
const fault = (marks: object) => Object.assign(new Error('the wallet is away'), marks)

/** Sends a command that fails a number of times. @returns its result, and how often it was sent */
async function sent(error: unknown, times: number) {
  const stubs: object[] = []
  const getByName = () => {
    const stub = {}
    stubs.push(stub)
    return stub
  }
  const seen = new Set<object>()
  const client = createWalletClient({ getByName } as unknown as Env['WALLET'])
  const command = async (stub: object) => {
    seen.add(stub)
    if (seen.size <= times) throw error
    return 'answered'
  }
  try {
    return [await client.send(name, command), stubs.length, seen.size]
  } catch (thrown) {
    return [thrown === error ? 'thrown' : thrown, stubs.length, seen.size]
  }
}

describe('a command to a wallet', () => {
  it.each([
    ['once if it succeeds', undefined, 0, ['answered', 1, 1]],
    [
      'again through a new stub after a retryable fault',
      fault({ retryable: true }),
      1,
      ['answered', 2, 2],
    ],
    ['three times if two attempts fail', fault({ retryable: true }), 2, ['answered', 3, 3]],
    ['no fourth time if three attempts fail', fault({ retryable: true }), 3, ['thrown', 3, 3]],
    [
      'once if the wallet is overloaded',
      fault({ retryable: true, overloaded: true }),
      9,
      ['thrown', 1, 1],
    ],
    [
      'again if the fault states that the wallet is not overloaded',
      fault({ retryable: true, overloaded: false }),
      1,
      ['answered', 2, 2],
    ],
    ['once if the fault has no flags', fault({}), 9, ['thrown', 1, 1]],
    ['once if the fault is not retryable', fault({ retryable: false }), 9, ['thrown', 1, 1]],
    ['once if the thrown value is not an error', 'a text', 9, ['thrown', 1, 1]],
  ])('is sent %s', async (_, error, times, expected) => {
    expect(await sent(error, times)).toEqual(expected)
  })
})
