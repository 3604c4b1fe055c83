import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { createExceptionStore } from '../../src/exceptions/store'
import { drizzle } from 'drizzle-orm/d1'
import { atOnce, statuses } from '../support/client'
import { worldWith } from '../support/gateway'
import { newOperator, type TestOperator } from '../support/operators'

const world = worldWith()
const store = createExceptionStore(drizzle(env.DB))

const kind = 'excess_refund' as const

let operator: TestOperator
beforeAll(async () => {
  operator = await newOperator('finance', world.send)
})

async function open(amount = 5): Promise<string> {
  const subject = `AIL-${crypto.randomUUID()}`
  await store.record({ kind, subject, amountKobo: kobo(amount * 100), atMs: Date.now() })
  return subject
}

const act = (subject: string, action: string, rest: object = {}) =>
  operator.send('POST', '/operator/exceptions', { body: { action, kind, subject, ...rest } })

const list = async (query: string) =>
  (await operator.send('GET', `/operator/exceptions?${query}`)).body

describe('an exception', () => {
  it('is listed, taken, resolved and reopened, with the UUIDs of the operators', async () => {
    const subject = await open()
    expect((await list('state=open&limit=100')).exceptions).toContainEqual(
      expect.objectContaining({ kind, subject, amount: 5, state: 'open', owner: null }),
    )
    expect((await act(subject, 'take', { note: 'Asked the bank' })).body).toMatchObject({
      state: 'taken',
      owner: operator.uuid,
      note: 'finance of a test: Asked the bank',
    })
    const resolved = await act(subject, 'resolve', { resolution: 'Paid by the bank', note: 'Seen' })
    expect(resolved.body).toMatchObject({
      state: 'resolved',
      resolution: 'Paid by the bank',
      note: 'finance of a test: Asked the bank\nfinance of a test: Seen',
    })
    expect((await act(subject, 'reopen')).body).toMatchObject({ state: 'open' })
  })

  it.each([
    ['taken twice', ['take', 'take'], 'taken'],
    ['resolved twice', ['resolve', 'resolve'], 'resolved'],
    ['reopened while open', ['reopen'], 'open'],
  ])('is not %s', async (_, actions, state) => {
    const subject = await open()
    const rest = (action: string) => (action === 'resolve' ? { resolution: 'Done' } : {})
    for (const action of actions.slice(0, -1)) await act(subject, action, rest(action))
    const last = actions.at(-1) ?? ''
    expect(await act(subject, last, rest(last))).toMatchObject({
      status: 409,
      body: { code: 'exception_state_conflict', detail: `The exception is ${state}.` },
    })
  })

  it('is taken by only one of twenty operators who try at once', async () => {
    const subject = await open()
    const taken = await atOnce(20, () => act(subject, 'take'))
    expect(statuses(taken)).toEqual({ 200: 1, 409: 19 })
    for (const { body } of taken.filter(({ status }) => status === 409))
      expect(body.detail).toBe('The exception is taken.')
  })

  it('keeps owner, note and resolution when it occurs again; a larger amount reopens it', async () => {
    const subject = await open()
    await act(subject, 'resolve', { resolution: 'Written off', note: 'Small' })
    const again = (amount: number) =>
      store.record({ kind, subject, amountKobo: kobo(amount * 100), atMs: Date.now() })
    await again(5)
    const { rows } = await store.about([subject])
    const kept = {
      owner: operator.uuid,
      resolution: 'Written off',
      note: 'finance of a test: Small',
    }
    expect(rows).toMatchObject([{ ...kept, state: 'resolved', count: 2 }])
    await again(6)
    expect((await store.about([subject])).rows).toMatchObject([
      { ...kept, state: 'open', count: 3 },
    ])
  })

  it.each([
    ['check_failed', 'open'],
    ['audit_finding', 'resolved'],
  ] as const)(
    'of the kind %s without an amount is %s when it occurs again after it was resolved',
    async (noAmount, state) => {
      const subject = `AIL-${crypto.randomUUID()}`
      const again = () =>
        store.record({ kind: noAmount, subject, amountKobo: null, atMs: Date.now() })
      await again()
      const act = (action: 'take' | 'resolve') =>
        store.act(
          { kind: noAmount, subject },
          { action, operator: 'Finance', name: 'Finance', resolution: 'Done' },
        )
      await act('take')
      await again()
      expect((await store.about([subject])).rows).toMatchObject([{ state: 'taken', count: 2 }])
      await act('resolve')
      await again()
      expect((await store.about([subject])).rows).toMatchObject([
        { state, count: 3, owner: 'Finance', resolution: 'Done' },
      ])
    },
  )

  it('keeps the last 4,000 characters of its note', async () => {
    const subject = await open()
    const note = 'n'.repeat(300)
    for (let index = 0; index < 8; index++) {
      await act(subject, 'take', { note })
      await act(subject, 'reopen', { note: `${note.slice(0, 290)} end ${index}` })
    }
    const [row] = (await store.about([subject])).rows
    expect(row?.note).toHaveLength(4000)
    expect(row?.note).toMatch(/n end 7$/)
  })

  it('is listed page by page', async () => {
    const subjects = new Set(await Promise.all([open(), open(), open()]))
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = cursor === '' ? '' : `&cursor=${cursor}`
      const page = await list(`kind=${kind}&limit=2${query}`)
      found.push(...page.exceptions.map(({ subject }: { subject: string }) => subject))
      cursor = page.next
    }
    expect(new Set(found).size).toBe(found.length)
    for (const subject of subjects) expect(found).toContain(subject)
  })

  it.each<[string, object]>([
    ['a name', { as: 'Finance' }],
    ['an unknown action', { action: 'delete' }],
    ['an unknown field', { owner: 'me' }],
    ['a resolution without resolving', { resolution: 'Done' }],
  ])('is not changed with %s', async (_, rest) => {
    const subject = await open()
    expect((await act(subject, 'take', rest)).status).toBe(400)
  })

  it('that does not exist is not found', async () => {
    expect((await act('nothing', 'take')).status).toBe(404)
  })
})
