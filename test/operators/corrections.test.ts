import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { adjust } from '../../src/operators/adjustments'
import type { AdjustmentKind } from '../../src/operators/table'
import { newUser, type TestUser, topUp, walletOf } from '../support/client'
import { worldWith } from '../support/gateway'
import { talk } from '../support/past'

const { deps } = worldWith()

const walletObject = (user: TestUser) => env.WALLET.getByName(`${user.uuid}/call_credits`)

function correct(
  user: TestUser,
  kind: AdjustmentKind,
  naira: number,
  options: { readonly uuid?: string; readonly dayKobo?: number } = {},
) {
  const amountKobo = kobo(naira * 100)
  const content = {
    kind,
    userUuid: user.uuid,
    walletType: 'call_credits',
    amountKobo,
    reason: 'The line broke',
    operator: 'Support',
  } as const
  const uuid = options.uuid ?? crypto.randomUUID()
  const fingerprint = JSON.stringify(content)
  const operatorDayKobo = kobo(options.dayKobo ?? Number.MAX_SAFE_INTEGER)
  const refundLimits = { ...deps.refundLimits, operatorDayKobo }
  return adjust({ ...deps, refundLimits }, { ...content, uuid, fingerprint })
}

const rowsOf = (user: TestUser) =>
  env.DB.prepare(
    `SELECT kind, amount_kobo, posted_at_ms IS NOT NULL AS is_posted FROM adjustments
     WHERE user_uuid = ? ORDER BY created_at_ms, kind`,
  )
    .bind(user.uuid)
    .all()
    .then(({ results }) => results)

it('a correction moves money once for a proposal, and its entry is shown, projected and audited', async () => {
  const user = await newUser()
  await topUp(user, 50)
  await talk(user, 60)
  const proposal = crypto.randomUUID()
  const first = await correct(user, 'correction_in', 10, { uuid: proposal })
  expect(first).toMatchObject({ ok: true, value: { uuid: proposal } })
  expect(await correct(user, 'correction_in', 10, { uuid: proposal })).toMatchObject({
    ok: true,
    value: { uuid: proposal },
  })
  expect(await correct(user, 'correction_in', 11, { uuid: proposal })).toMatchObject({
    refusal: { code: 'idempotency_key_reused' },
  })
  expect((await correct(user, 'correction_out', 20)).ok).toBe(true)
  const { uuid, ...wallet } = await walletOf(user)
  expect(wallet).toMatchObject({ balance: 30, goodwill: 10 })
  const path = `/wallets/${uuid}/transactions`
  const { body: shown } = await user.send('GET', `${path}?limit=2`)
  expect(shown).toMatchObject([
    { kind: 'correction_out', amount: -20, balance: 30, source_type: 'adjustment' },
    { kind: 'correction_in', amount: 10, balance: 50, source_type: 'adjustment' },
  ])
  const { body: credits } = await user.send('GET', `${path}?kind=correction_in`)
  expect(credits).toMatchObject([{ amount: 10 }])
  const { text } = await user.send('GET', path, { headers: { Accept: 'text/csv' } })
  expect(text).toContain(',correction_in,10.00,,50.00,NGN,,,adjustment,')
  expect(text).toContain(',correction_out,,20.00,30.00,NGN,,,adjustment,')
  await runDurableObjectAlarm(walletObject(user))
  const { results } = await env.DB.prepare(
    'SELECT kind, from_account, to_account FROM transactions WHERE wallet_uuid = ? ORDER BY seq',
  )
    .bind(uuid)
    .all()
  expect(results.slice(-2)).toEqual([
    { kind: 'correction_in', from_account: 'corrections', to_account: 'wallet' },
    { kind: 'correction_out', from_account: 'wallet', to_account: 'corrections' },
  ])
  expect(await walletObject(user).audit()).toMatchObject({
    faults: [],
    goodwillKobo: 1000,
    sums: { corrections: 1000, wallet: 3000 },
  })
})

it('a debit that the wallet refuses leaves no row, and the proposal can be tried again', async () => {
  const user = await newUser()
  await topUp(user, 20)
  const proposal = crypto.randomUUID()
  expect(await correct(user, 'correction_out', 21, { uuid: proposal })).toMatchObject({
    ok: false,
    refusal: { code: 'insufficient_funds', requiredKobo: 2100, availableKobo: 2000 },
  })
  expect(await rowsOf(user)).toEqual([])
  await topUp(user, 20)
  expect(await correct(user, 'correction_out', 21, { uuid: proposal })).toMatchObject({ ok: true })
  expect(await rowsOf(user)).toEqual([{ kind: 'correction_out', amount_kobo: 2100, is_posted: 1 }])
})

it('credits and debits both count towards the limit of 24 hours', async () => {
  const user = await newUser()
  await topUp(user, 200)
  const { spent } = (await env.DB.prepare(
    `SELECT (SELECT COALESCE(SUM(amount_kobo), 0) FROM adjustments)
       + (SELECT COALESCE(SUM(amount_kobo), 0) FROM refunds WHERE operator IS NOT NULL) AS spent`,
  ).first<{ spent: number }>()) ?? { spent: 0 }
  const dayKobo = spent + 10_000
  expect((await correct(user, 'correction_in', 60, { dayKobo })).ok).toBe(true)
  expect(await correct(user, 'correction_out', 41, { dayKobo })).toMatchObject({
    refusal: { code: 'refund_limit_exceeded' },
  })
  expect((await correct(user, 'correction_out', 40, { dayKobo })).ok).toBe(true)
  expect((await walletOf(user)).balance).toBe(220)
})
