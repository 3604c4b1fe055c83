import { exports } from 'cloudflare:workers'
import { parse } from 'csv-parse/sync'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app'
import { addKobo, kobo, parseNaira, ZERO } from '../../src/common/money'
import { revokeTokens } from '../../src/wallets/service'
import type { WalletClient } from '../../src/wallets/object/client'
import { START, useClock } from '../support/clock'
import { newUser, ORIGIN, PHONE, type TestUser, topUp, walletOf } from '../support/client'
import { worldWith } from '../support/gateway'
import { talk, topUps } from '../support/past'

const FORMULAS = [
  '=HYPERLINK("http://evil.example","x")',
  '+1+1',
  '-1+1',
  '@SUM(A1:A9)',
  '\t=1+1',
  '\r=1+1',
  '＝1+1',
]

useClock()

const pathOf = async (user: TestUser, query = '', type = 'call_credits') =>
  `/wallets/${(await walletOf(user, type)).uuid}/transactions${query}`

const CSV = { headers: { Accept: 'text/csv' } }

const statementOf = async (user: TestUser, query = '', type?: string) =>
  user.send('GET', await pathOf(user, query, type), CSV)

const rowsOf = (text: string): Record<string, string>[] =>
  parse(text, { columns: true, record_delimiter: '\r\n', bom: true })

const sumOf = (rows: readonly Record<string, string>[], column: string) =>
  addKobo(
    ...rows.map((row) =>
      row[column] === '' ? ZERO : (parseNaira(row[column] ?? '') ?? kobo(NaN)),
    ),
  )

/** Unread response of the service, or of a service with the given wallets. */
async function answerTo(user: TestUser, wallets?: WalletClient): Promise<Response> {
  const headers = { Accept: 'text/csv', Authorization: `Bearer ${user.token}` }
  const request = new Request(`${ORIGIN}${await pathOf(user)}`, { headers })
  if (!wallets) return exports.default.fetch(request)
  return createApp({ ...worldWith({ wallets }).deps }).fetch(request)
}

/** Wallets that count their requests, and fail from request `failsFrom` on. */
function faultyWallets(failsFrom: number) {
  const { wallets } = worldWith().deps
  const faulty: WalletClient & { asked: number } = {
    asked: 0,
    async send(name, command) {
      faulty.asked += 1
      if (faulty.asked >= failsFrom) throw new Error('the wallet cannot be reached')
      return wallets.send(name, command)
    },
  }
  return faulty
}

it("is in the user's language and time zone", async () => {
  const user = await newUser()
  await topUp(user, 100)
  const before = await statementOf(user)
  expect(before.text).toContain(`\n${new Date(START).toISOString()},top_up,`)
  const profile = { language: 'fr', time_zone: 'africa/lagos' }
  const changed = await user.send('PATCH', '/users/me', { body: profile })
  expect(changed.body).toMatchObject({ language: 'fr', time_zone: 'Africa/Lagos' })
  const [row] = rowsOf((await statementOf(user)).text)
  expect(row).toMatchObject({ opération: 'top_up', crédit: '100.00', solde: '100.00' })
  expect(row?.['date']).toBe('2126-03-14T11:00:00.000+01:00')
  for (const body of [{ language: 'de' }, { time_zone: 'Lagos' }])
    expect((await user.send('PATCH', '/users/me', { body })).status).toBe(400)
})

describe('a statement', () => {
  it('is a CSV file with a header', async () => {
    const user = await newUser()
    await topUp(user, 50.5)
    const path = await pathOf(user)
    const { headers, text } = await user.send('GET', path, CSV)
    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present')
    const file = `statement-${path.split('/')[2]}.csv`
    expect(headers.get('Content-Disposition')).toBe(`attachment; filename="${file}"`)
    expect(headers.get('Vary')).toBe('Accept, Origin')
    const [payment] = (await user.send('GET', '/payments')).body
    expect(text).toBe(
      'date,kind,credit,debit,balance,currency,recipient_phone,recipient_name,source_type,source_uuid,seq,debt\r\n' +
        `2126-03-14T10:00:00.000Z,top_up,50.50,,50.50,NGN,,,payment,${payment.uuid},1,\r\n`,
    )
  })

  it('begins with a byte order mark, once, so that spreadsheets read its names as UTF-8', async () => {
    const user = await newUser()
    await topUps(user, 600)
    const response = await answerTo(user)
    const text = Buffer.from(await response.arrayBuffer()).toString('latin1')
    expect(text).toMatch(/^\u00EF\u00BB\u00BFdate,/)
    expect(text.match(/\u00EF\u00BB\u00BF/g)).toHaveLength(1)
  })

  it('adds up: credits less debits are the balance, and no amount has a sign', async () => {
    const user = await newUser()
    await topUp(user, 100.1)
    await talk(user, 60, 'Ngozi')
    await topUp(user, 0.2, 'primary')
    await user.send('POST', '/payments', { body: { amount: 0.2, method: 'wallet' } })
    await talk(user, 60, 'Ọlá')
    const rows = rowsOf((await statementOf(user)).text)
    expect(rows.map(({ kind, credit, debit }) => [kind, credit, debit])).toEqual([
      ['top_up', '100.10', ''],
      ['call_charge', '', '10.00'],
      ['transfer_in', '0.20', ''],
      ['call_charge', '', '10.00'],
    ])
    const balanceKobo = sumOf(rows, 'credit') - sumOf(rows, 'debit')
    expect(balanceKobo).toBe(8030)
    expect((await walletOf(user)).balance).toBe(80.3)
    expect(rows.at(-1)).toMatchObject({ balance: '80.30', recipient_name: 'Ọlá' })
    expect(rowsOf((await statementOf(user, '', 'primary')).text)).toMatchObject([
      { kind: 'top_up', credit: '0.20', debit: '' },
      { kind: 'transfer_out', credit: '', debit: '0.20', balance: '0.00', source_type: 'payment' },
    ])
  })

  it('has the same data as the list for each transaction', async () => {
    const user = await newUser()
    await topUp(user, 50)
    await talk(user, 60, 'Ngozi')
    const { body } = await user.send('GET', await pathOf(user))
    const rows = rowsOf((await statementOf(user)).text)
    expect(
      rows.map(({ source_uuid, source_type, date, seq }) => ({
        source_uuid,
        source_type,
        date,
        seq,
      })),
    ).toEqual(
      body
        .toReversed()
        .map(({ source_uuid, source_type, created_at: date, seq }: Record<string, unknown>) => ({
          source_uuid,
          source_type,
          date,
          seq: String(seq),
        })),
    )
  })

  it('has a name that looks like a formula as text, and no cell that begins like a formula', async () => {
    const user = await newUser()
    await topUp(user, 100)
    for (const name of FORMULAS) await talk(user, 60, name)
    const [, ...rows] = rowsOf((await statementOf(user)).text)
    expect(rows.map((row) => row['recipient_name'])).toEqual(FORMULAS.map((name) => `'${name}`))
    expect(rows.map((row) => row['recipient_phone'])).toEqual(FORMULAS.map(() => `'${PHONE}`))
    for (const cell of rows.flatMap(Object.values)) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/)
  })

  it('has every other name unchanged, in one cell', async () => {
    const user = await newUser()
    await topUp(user, 100)
    const names = ['Okafor, Ngozi', 'Ngozi "Zizi" Okafor', '"', ',', 'a\r\nb', "O'Neill", 'Ngọzi']
    for (const name of names) await talk(user, 60, name)
    const [, ...rows] = rowsOf((await statementOf(user)).text)
    expect(rows.map((row) => row['recipient_name'])).toEqual(names)
    expect(rows.map(({ source_type, seq }) => `${source_type} ${seq}`)).toEqual(
      names.map((_, index) => `call ${index + 2}`),
    )
  })

  it('has each entry once, oldest first, whatever `limit` and `cursor` are', async () => {
    const user = await newUser()
    let seqs: number[] = []
    for (const more of [0, 1, 498, 1, 1, 499, 203]) {
      await topUps(user, more)
      seqs = [...seqs, ...Array.from({ length: more }, (_, index) => seqs.length + index + 1)]
      const { headers } = await user.send('GET', await pathOf(user, '?limit=1'))
      const cursor = /cursor=([\w-]+)/.exec(headers.get('Link') ?? '')?.[1]
      const rows = rowsOf((await statementOf(user, cursor && `?limit=3&cursor=${cursor}`)).text)
      expect(rows.map(({ seq }) => Number(seq))).toEqual(seqs)
      expect(rows.map(({ balance }) => balance)).toEqual(seqs.map((seq) => `${seq}.00`))
    }
    expect(seqs).toHaveLength(1203)
  })

  it('has all transactions that the filters select, beyond the first page too', async () => {
    const user = await newUser()
    await topUps(user, 600)
    vi.setSystemTime(START + 60_000)
    await talk(user, 60, 'Ngozi')
    await talk(user, 60, 'Bola')
    const seqsOf = async (query: string) =>
      rowsOf((await statementOf(user, query)).text).map(({ seq }) => Number(seq))
    expect(await seqsOf('?kind=call_charge')).toEqual([601, 602])
    expect(await seqsOf(`?from=2126-03-14T10:03:00Z`)).toEqual([602])
    expect(await seqsOf(`?kind=call_charge&to=2126-03-14T10:03:00Z`)).toEqual([601])
    expect(await seqsOf('?to=2126-03-14T10:01:00Z')).toHaveLength(600)
  })

  it('is read from the wallet no faster than the client reads it', async () => {
    const user = await newUser()
    await topUps(user, 5000)
    const wallets = faultyWallets(Infinity)
    const reader = (await answerTo(user, wallets)).body?.getReader()
    await reader?.read()
    for (let turns = 0; turns < 20; turns++) await walletOf(user)
    expect(wallets.asked).toBeLessThan(4)
    await reader?.cancel()
  })

  it('is returned only to a client that prefers CSV to JSON', async () => {
    const user = await newUser()
    const path = await pathOf(user)
    for (const [type, ...accepted] of [
      ['text/csv', 'text/csv', 'TEXT/CSV; header=present', 'text/csv, application/json;q=0.5'],
      ['application/json', 'text/csv;q=0.5, application/json', 'application/json, text/csv'],
      ['application/json', 'text/csv;q=0', '*/*', 'text/html, */*;q=0.8', 'image/png', ''],
    ])
      for (const Accept of accepted) {
        const { status, headers } = await user.send('GET', path, { headers: { Accept } })
        expect(status, Accept).toBe(200)
        expect(headers.get('Content-Type')?.split(';')[0], Accept).toBe(type)
        expect(headers.get('Vary'), Accept).toBe('Accept, Origin')
      }
  })

  it('of another user is a 404, before anything is sent', async () => {
    const [owner, other] = [await newUser(), await newUser()]
    const theirs = await other.send('GET', await pathOf(owner), CSV)
    expect(theirs).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(theirs.headers.get('Content-Disposition')).toBeNull()
  })
})

describe('a fault during a statement', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })

  it('at the beginning causes a 500', async () => {
    const user = await newUser()
    const { status, headers } = await answerTo(user, faultyWallets(1))
    expect([status, headers.get('Content-Type')]).toEqual([500, 'application/problem+json'])
  })

  it('later aborts the response, so that it cannot look complete', async () => {
    const user = await newUser()
    await topUps(user, 1203)
    const answer = await answerTo(user, faultyWallets(3))
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow('cannot be reached')
  })

  it('also aborts the response if the session ends', async () => {
    const user = await newUser()
    await topUps(user, 501)
    const { wallets } = worldWith().deps
    let asked = 0
    const answer = await answerTo(user, {
      async send(name, command) {
        asked += 1
        if (asked > 1) await revokeTokens({ wallets }, user.uuid, { minVersion: 1 })
        return wallets.send(name, command)
      },
    })
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow('unauthenticated')
  })
})
