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
    ['once, if it is answered', undefined, 0, ['answered', 1, 1]],
    [
      'again by a fresh stub, after a fault that passes',
      fault({ retryable: true }),
      1,
      ['answered', 2, 2],
    ],
    ['three times at most', fault({ retryable: true }), 2, ['answered', 3, 3]],
    ['no fourth time', fault({ retryable: true }), 3, ['thrown', 3, 3]],
    [
      'once, if the wallet is overloaded',
      fault({ retryable: true, overloaded: true }),
      9,
      ['thrown', 1, 1],
    ],
    [
      'again, if the wallet is said not to be overloaded',
      fault({ retryable: true, overloaded: false }),
      1,
      ['answered', 2, 2],
    ],
    ['once, after a fault of its own', fault({}), 9, ['thrown', 1, 1]],
    ['once, after a fault that does not pass', fault({ retryable: false }), 9, ['thrown', 1, 1]],
    ['once, after what is no error', 'a text', 9, ['thrown', 1, 1]],
  ])('is sent %s', async (_, error, times, expected) => {
    expect(await sent(error, times)).toEqual(expected)
  })
})
