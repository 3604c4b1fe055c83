import { describe, expect, it } from 'vitest'
import { exportedEntries } from '../../src/privacy/export'
import { textStream } from '../../src/http/text-stream'
import { type Streamed, textOf as jsonOf } from '../../src/privacy/json-text'
import { newUser, userWithCredit } from '../support/client'
import { useClock } from '../support/clock'
import { mailWorld } from '../support/mail'
import { talk, topUps } from '../support/past'

useClock()

const exportOf = (user: Awaited<ReturnType<typeof newUser>>) => user.send('GET', '/users/me/export')

describe('an export', () => {
  it('has everything about the user, and nothing about others', async () => {
    const [user, other] = [await userWithCredit(100), await userWithCredit(200)]
    await user.send('PATCH', '/users/me', { body: { first_name: 'Adaeze' } })
    await talk(user, 60, 'Ngozi')
    await user.send('PATCH', '/users/me', { body: { last_name: 'Obiakor' } })
    const { status, body, headers, text } = await exportOf(user)
    expect(status).toBe(200)
    expect(headers.get('Content-Disposition')).toBe('attachment; filename="account.json"')
    expect(body.account).toMatchObject({ email: user.email, first_name: 'Adaeze' })
    expect(body.sessions).toHaveLength(1)
    expect(body.messages.map(({ kind }: { kind: string }) => kind)).toContain('payment_completed')
    expect(body.payments).toMatchObject([{ amount: 100, status: 'completed' }])
    const { call_credits: credits, primary } = body
    expect(credits.transactions).toMatchObject([
      { kind: 'top_up', amount: 100 },
      { kind: 'call_charge', amount: -10, recipient_name: 'Ngozi' },
    ])
    expect(credits.calls).toMatchObject([{ recipient_name: 'Ngozi', cost: 10 }])
    expect(primary).toEqual({ transactions: [], calls: [] })
    expect(text).not.toContain(other.uuid)
    expect(text).not.toContain(other.email)
    expect(text).not.toMatch(/scrypt|hash":"(?![0-9a-f]{64})|signaling/)
  })

  it('continues over the pages of a long ledger, without a gap', async () => {
    const user = await newUser()
    await topUps(user, 1203)
    const { body } = await exportOf(user)
    const seqs = body.call_credits.transactions.map(({ seq }: { seq: number }) => seq)
    expect(seqs).toEqual(Array.from({ length: 1203 }, (_, index) => index + 1))
  })

  it('needs a live session', async () => {
    const user = await newUser()
    await user.send('POST', '/auth/logout')
    expect((await exportOf(user)).status).toBe(401)
  })

  it('reads the next page only after the client has read the previous one', async () => {
    let read = 0
    const { deps } = mailWorld()
    const caller = { userUuid: 'u', sessionUuid: 's', tokenVersion: 0, issuedAtMs: 0 } as never
    const page = Array.from({ length: 500 }, (_, index) => ({ seq: index + 1 }))
    const wallets = {
      send: async () => {
        read += 1
        return { ok: true, value: read < 200 ? page : [] }
      },
    }
    const name = { userUuid: 'u', type: 'primary' } as const
    const entries = exportedEntries({ ...deps, wallets } as typeof deps, caller, name)
    const reader = textStream(jsonOf({ entries })).getReader()
    let chunks = 0
    let ahead = 0
    for (;;) {
      const { done } = await reader.read()
      if (done) break
      chunks += 1
      ahead = Math.max(ahead, read - chunks)
    }
    expect(read).toBe(200)
    expect(ahead).toBeLessThanOrEqual(1)
  })
})

describe('a JSON stream', () => {
  const textOf = async (document: Streamed) => new Response(textStream(jsonOf(document))).text()

  async function* pagesOf(...pages: (readonly unknown[])[]) {
    yield* pages
  }

  it.each([
    [{}, '{}'],
    [{ a: null, b: 'x"', c: 1.5, d: true, e: [1, { f: 2 }] }, null],
    [{ a: {}, b: { c: {} } }, null],
  ])('of %j is its JSON', async (document, expected) => {
    expect(await textOf(document)).toBe(expected ?? JSON.stringify(document))
  })

  it.each([
    [[], '[]'],
    [[[]], '[]'],
    [[[1], [], [2, 3]], '[1,2,3]'],
    [[[], [{ a: 'b' }], []], '[{"a":"b"}]'],
  ])('joins the pages %j', async (pages, expected) => {
    expect(await textOf({ list: pagesOf(...pages) })).toBe(`{"list":${expected}}`)
  })

  it('that fails in the middle does not end like a whole document', async () => {
    async function* failing() {
      yield [1]
      throw new Error('interrupted')
    }
    await expect(textOf({ list: failing() })).rejects.toThrow('interrupted')
  })
})
