import { exports } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app'
import { formatNaira, kobo } from '../../src/common/money'
import type { WalletClient, WalletStub } from '../../src/wallets/object/client'
import { newUser, ORIGIN, type TestUser, topUp, walletOf } from '../support/client'
import { pass, START, useClock } from '../support/clock'
import { worldWith } from '../support/gateway'
import { talk, topUps } from '../support/past'
import { findingsOf } from '../support/receipts'

useClock()

const pathOf = async (user: TestUser, query = '') =>
  `/wallets/${(await walletOf(user)).uuid}/statement${query}`

const statementOf = async (user: TestUser, query = '') =>
  (await user.send('GET', await pathOf(user, query))).body

const seqsOf = ({ entries }: { entries: { seq: number }[] }) => entries.map(({ seq }) => seq)

/** Unread response of a service with other wallets. */
async function answerTo(user: TestUser, wallets: WalletClient): Promise<Response> {
  const headers = { Authorization: `Bearer ${user.token}` }
  const request = new Request(`${ORIGIN}${await pathOf(user)}`, { headers })
  return createApp({ ...worldWith({ wallets }).deps }).fetch(request)
}

/** Wallets whose entries are altered, from the read `from` on. */
function alteredWallets(alter: (entry: object) => object, from = 0): WalletClient {
  const { wallets } = worldWith().deps
  let reads = 0
  return {
    send: (name, command) =>
      wallets.send(name, (wallet) => {
        const altered: WalletStub = new Proxy(wallet, {
          get: (_, method: keyof WalletStub) =>
            method === 'entries'
              ? async (...args: Parameters<WalletStub['entries']>) => {
                  const found = await wallet.entries(...args)
                  reads += 1
                  if (!found.ok || reads <= from) return found
                  return { ...found, value: found.value.map((entry) => alter(entry)) }
                }
              : (...args: never[]) => (wallet[method] as (...all: never[]) => unknown)(...args),
        })
        return command(altered)
      }),
  }
}

describe('a signed statement', () => {
  it('has all entries, oldest first, and is genuine', async () => {
    const user = await newUser()
    await topUp(user, 100)
    await talk(user, 65, 'Ngozi')
    const response = await user.send('GET', await pathOf(user))
    const { uuid } = await walletOf(user)
    expect(response.headers.get('Content-Disposition')).toBe(
      `attachment; filename="statement-${uuid}.json"`,
    )
    expect(response.body.statement).toMatchObject({
      wallet_uuid: uuid,
      from: null,
      to: null,
      opening: { seq: 0, balance: '0.00' },
      closing: { seq: 2, balance: '89.00' },
      ledger: { seq: 2, balance: '89.00' },
      entries: 2,
    })
    expect(
      response.body.entries.map(({ kind, amount }: Record<string, string>) => [kind, amount]),
    ).toEqual([
      ['top_up', '100.00'],
      ['call_charge', '11.00'],
    ])
    expect(await findingsOf(response.body)).toEqual([])
  })

  it('has no phone number, name or e-mail address', async () => {
    const user = await newUser()
    await topUp(user, 100)
    await talk(user, 65, 'Ngozi')
    const { text } = await user.send('GET', await pathOf(user))
    expect(text).not.toMatch(/\+234|Ngozi|@/)
  })

  it('of an empty wallet is genuine', async () => {
    const statement = await statementOf(await newUser())
    expect(statement.entries).toEqual([])
    expect(statement.statement.closing).toEqual(statement.statement.opening)
    expect(await findingsOf(statement)).toEqual([])
  })

  it('of a period has the entries of the period, and continues the one before', async () => {
    const user = await newUser()
    await topUps(user, 3)
    pass(60_000)
    await topUps(user, 2)
    const middle = new Date(START + 30_000).toISOString()
    const earlier = await statementOf(user, `?to=${middle}`)
    const later = await statementOf(user, `?from=${middle}`)
    expect([seqsOf(earlier), seqsOf(later)]).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
    expect(later.statement.opening).toEqual(earlier.statement.closing)
    expect(earlier.statement.ledger).toEqual(later.statement.closing)
    expect(later.statement.from).toBe(middle)
    for (const statement of [earlier, later]) expect(await findingsOf(statement)).toEqual([])
    const whole = [...earlier.entries, ...later.entries]
    expect(await findingsOf({ ...earlier, entries: whole })).not.toEqual([])
    const after = await statementOf(user, `?from=${new Date(START + 90_000).toISOString()}`)
    expect([after.entries, after.statement.opening.seq]).toEqual([[], 5])
    const before = await statementOf(user, `?to=${new Date(START - 1).toISOString()}`)
    expect([before.entries, before.statement.closing.seq]).toEqual([[], 0])
    const between = `?from=${new Date(START + 1).toISOString()}&to=${middle}`
    const none = await statementOf(user, between)
    expect([none.entries, none.statement.opening.seq]).toEqual([[], 3])
    for (const statement of [after, before, none]) expect(await findingsOf(statement)).toEqual([])
  })

  it('of any length has every entry once, and is read no faster than the client reads it', async () => {
    const user = await newUser()
    await topUps(user, 1203)
    const statement = await statementOf(user)
    expect(seqsOf(statement)).toEqual(Array.from({ length: 1203 }, (_, index) => index + 1))
    expect(await findingsOf(statement)).toEqual([])
    statement.entries[700].amount = formatNaira(kobo(200))
    expect(await findingsOf(statement)).toEqual([
      'Entry 701, amount: the file says 2.00, but 1.00 is sealed.',
    ])
  })

  it('of another user returns 404', async () => {
    const [owner, other] = [await newUser(), await newUser()]
    const theirs = await other.send('GET', await pathOf(owner))
    expect(theirs).toMatchObject({ status: 404, body: { code: 'not_found' } })
    const response = await exports.default.fetch(`${ORIGIN}${await pathOf(owner)}`)
    expect(response.status).toBe(401)
  })
})

describe('a chain that does not follow', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })

  it('at its beginning is not signed: the request fails', async () => {
    const user = await newUser()
    await topUps(user, 3)
    const wallets = alteredWallets((entry) => ({ ...entry, amountKobo: kobo(200) }))
    expect((await answerTo(user, wallets)).status).toBe(500)
  })

  it('later is not signed: the response is aborted', async () => {
    const user = await newUser()
    await topUps(user, 1203)
    const wallets = alteredWallets((entry) => ({ ...entry, reference: 'x' }), 2)
    const answer = await answerTo(user, wallets)
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow('does not follow')
  })

  it('that does not end at the last entry of the ledger is not signed', async () => {
    const user = await newUser()
    await topUps(user, 3)
    let entries = 0
    /** Only the ledger's last entry, which is read first. */
    const wallets = alteredWallets((entry) => {
      entries += 1
      return entries === 1 ? { ...entry, hash: 'a'.repeat(64) } : entry
    })
    const answer = await answerTo(user, wallets)
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow('another end than before')
  })
})
