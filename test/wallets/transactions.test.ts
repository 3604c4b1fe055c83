import { describe, expect, it } from 'vitest'
import { pass, START, useClock } from '../support/clock'
import { newUser, PHONE, send, type TestUser, topUp, walletOf } from '../support/client'
import { talk } from '../support/past'

useClock()

interface TransactionBody {
  readonly seq: number
  readonly kind: string
  readonly amount: number
  readonly balance: number
}

const ledgerOf = async (user: TestUser, query = '', type = 'call_credits') => {
  const { uuid } = await walletOf(user, type)
  return user.send('GET', `/wallets/${uuid}/transactions${query}`)
}

const listOf = async (user: TestUser, query = ''): Promise<TransactionBody[]> =>
  (await ledgerOf(user, query)).body

const nextOf = (headers: Headers) => /^<(.+)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1]

/** Ten minutes apart: a top-up of 20 NGN, a call for 7 NGN, a top-up of 30 NGN, a call for 2 NGN. */
async function userWithHistory(): Promise<TestUser> {
  const user = await newUser()
  await topUp(user, 20)
  pass(600_000)
  await talk(user, 42)
  pass(600_000)
  await topUp(user, 30)
  pass(600_000)
  await talk(user, 7)
  return user
}

const at = (ms: number) => new Date(START + ms).toISOString()

describe('each transaction', () => {
  it('of a call names the recipient and the call', async () => {
    const user = await newUser()
    await topUp(user, 50)
    const named = await talk(user, 60, 'Ngozi')
    const unnamed = await talk(user, 60)
    expect(await listOf(user, '?kind=call_charge')).toMatchObject([
      { source_type: 'call', source_uuid: unnamed, recipient_phone: PHONE, recipient_name: null },
      { source_type: 'call', source_uuid: named, recipient_phone: PHONE, recipient_name: 'Ngozi' },
    ])
  })

  it('of a payment names the payment and no recipient, also in both wallets of a transfer', async () => {
    const user = await newUser()
    await topUp(user, 100, 'primary')
    const body = { amount: 40, method: 'wallet' }
    const { uuid } = (await user.send('POST', '/payments', { body })).body
    const none = { source_type: 'payment', recipient_phone: null, recipient_name: null }
    expect((await ledgerOf(user, '', 'primary')).body).toMatchObject([
      { kind: 'transfer_out', amount: -40, balance: 60, source_uuid: uuid, ...none },
      { kind: 'top_up', amount: 100, balance: 100, ...none },
    ])
    expect(await listOf(user)).toMatchObject([
      { kind: 'transfer_in', amount: 40, balance: 40, source_uuid: uuid, ...none },
    ])
  })

  it("has a balance that follows from the previous one, up to the wallet's balance", async () => {
    const user = await userWithHistory()
    const oldestFirst = (await listOf(user)).toReversed()
    let balance = 0
    for (const entry of oldestFirst) {
      balance += entry.amount
      expect(entry.balance).toBe(balance)
    }
    expect(oldestFirst.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect((await walletOf(user)).balance).toBe(balance)
  })
})

describe('the filters of the ledger', () => {
  it('select by kind, from a time on, and before a time', async () => {
    const user = await userWithHistory()
    const cases: [query: string, seqs: number[]][] = [
      ['?kind=top_up', [3, 1]],
      ['?kind=call_charge', [4, 2]],
      ['?kind=reversal', []],
      [`?from=${at(642_000)}`, [4, 3, 2]],
      [`?from=${at(642_001)}`, [4, 3]],
      [`?to=${at(642_000)}`, [1]],
      [`?to=${at(642_001)}`, [2, 1]],
      [`?from=${at(1)}&to=${at(1_242_001)}`, [3, 2]],
      [`?from=${at(1)}&kind=top_up`, [3]],
      [`?to=2126-03-14T11:00:00.001%2B01:00`, [1]],
      ['', [4, 3, 2, 1]],
    ]
    for (const [query, seqs] of cases)
      expect(
        (await listOf(user, query)).map(({ seq }) => seq),
        query,
      ).toEqual(seqs)
  })

  it('apply to all pages, while money moves', async () => {
    const user = await userWithHistory()
    await topUp(user, 5)
    const seen: number[] = []
    const { uuid } = await walletOf(user)
    let path: string | undefined =
      `/wallets/${uuid}/transactions?kind=top_up&limit=1&to=${at(1_842_000)}`
    while (path) {
      const { body, headers } = await user.send('GET', path)
      seen.push(...(body as TransactionBody[]).map(({ seq }) => seq))
      path = nextOf(headers)
      if (seen.length === 1) await topUp(user, 6)
    }
    expect(seen).toEqual([3, 1])
  })

  it('are rejected if they are invalid', async () => {
    const user = await newUser()
    for (const query of [
      'kind=gift',
      'kind=',
      'kind=top_up&kind=reversal',
      'from=yesterday',
      'to=2126-03-14',
      'limit=0',
      'cursor=e30',
    ])
      for (const Accept of ['application/json', 'text/csv']) {
        const { uuid } = await walletOf(user)
        const path = `/wallets/${uuid}/transactions?${query}`
        const refused = await user.send('GET', path, { headers: { Accept } })
        expect(refused.status, `${query} as ${Accept}`).toBe(400)
      }
  })

  it('are documented, and so is the statement', async () => {
    const { body } = await send('GET', '/openapi.json')
    const { parameters, responses } = body.paths['/wallets/{uuid}/transactions'].get
    expect(parameters.map(({ name }: { name: string }) => name).sort()).toEqual([
      'cursor',
      'from',
      'kind',
      'limit',
      'to',
      'uuid',
    ])
    expect(Object.keys(responses['200'].content)).toEqual(['application/json', 'text/csv'])
  })
})
