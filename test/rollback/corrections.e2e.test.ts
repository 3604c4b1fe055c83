/** The previous release runs on a wallet that the current one corrected. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { buildBundle } from '../verification/bench/hosts'
import { migrate, previousRelease, type Release, run } from './release-host'

const storage = mkdtempSync(join(tmpdir(), 'aileana-rollback-'))
const bundle = buildBundle()
const present = readFileSync(join(bundle, 'index.js'), 'utf8')
let release: Release

afterAll(async () => {
  await release.stop()
  for (const folder of [storage, bundle]) rmSync(folder, { recursive: true, force: true })
})

const USER = '11111111-1111-4111-8111-111111111111'
const NAME = { userUuid: USER, type: 'call_credits' } as const
const PAYMENT = { paymentUuid: '22222222-2222-4222-8222-222222222222', reference: 'AIL-1_a1' }
const CREDIT = { uuid: '33333333-3333-4333-8333-333333333333', amountKobo: kobo(3000) }
const DEBIT = { uuid: '44444444-4444-4444-8444-444444444444', amountKobo: kobo(1000) }
const ask = { refundUuid: '55555555-5555-4555-8555-555555555555', isByUser: false } as const

/**
 * A release that does not know the kinds obeys the goodwill that the wallet stores, but its audit cannot derive it from
 * the entries. It reports that, and nothing else.
 */
const NOT_KNOWN = 'the goodwill is 3000 kobo, but the ledger has 0'

async function deploy(script: string): Promise<void> {
  await release.stop()
  release = await run(script, storage)
}

const audit = () => release.wallet(NAME).audit()
const refund = (amountKobo: number) =>
  release.wallet(NAME).holdRefund({ ...PAYMENT, ...ask, amountKobo: kobo(amountKobo) })

it('the previous release keeps corrections by their accounts and refunds none of them', async () => {
  release = await run(present, storage)
  await migrate(release.database)
  const wallet = release.wallet(NAME)
  await wallet.creditPayment({ ...PAYMENT, expectedKobo: kobo(10_000), receivedKobo: kobo(10_000) })
  await wallet.correct({ ...CREDIT, direction: 'credit' })
  await wallet.correct({ ...DEBIT, direction: 'debit' })
  const sums = { gateway: -10_000, wallet: 12_000, corrections: -2000 }
  const books = { postedKobo: 12_000, goodwillKobo: 3000, sums }
  expect(await audit()).toMatchObject({ ...books, faults: [] })

  await deploy(previousRelease())
  const { faults, ...audited } = await audit()
  expect(audited).toMatchObject(books)
  expect(faults.filter((fault) => fault !== NOT_KNOWN)).toEqual([])
  expect(await refund(9001)).toMatchObject({
    refusal: { code: 'insufficient_funds', availableKobo: 9000 },
  })
  expect(await refund(4000)).toMatchObject({ ok: true })
  await release.wallet(NAME).giveGoodwill({ uuid: DEBIT.uuid, amountKobo: kobo(500) })
  const { entries } = await release.wallet(NAME).inspect({ under: ['correction/'] })
  expect(entries).toMatchObject([{ kind: 'correction_in' }, { kind: 'correction_out' }])

  await deploy(present)
  expect(await audit()).toMatchObject({ postedKobo: 8500, goodwillKobo: 3500, faults: [] })
  expect(await release.wallet(NAME).correct({ ...CREDIT, direction: 'credit' })).toMatchObject({
    ok: true,
  })
  expect(await audit()).toMatchObject({ postedKobo: 8500 })
}, 120_000)
