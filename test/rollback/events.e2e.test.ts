/** The previous release runs on wallets whose events wait for a stream, and the next one delivers them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { LIMITS, newCall } from '../support/wallets'
import { buildBundle } from '../verification/bench/hosts'
import {
  countEvents,
  leaveEvent,
  migrate,
  previousRelease,
  type Release,
  run,
} from './release-host'

const storage = mkdtempSync(join(tmpdir(), 'aileana-rollback-'))
const bundle = buildBundle()
const present = readFileSync(join(bundle, 'index.js'), 'utf8')
let release: Release

afterAll(async () => {
  await release.stop()
  for (const folder of [storage, bundle]) rmSync(folder, { recursive: true, force: true })
})

const NAME = { userUuid: '11111111-1111-4111-8111-111111111111', type: 'call_credits' } as const
const CALLER = { userUuid: NAME.userUuid, sessionUuid: 'a-session', tokenVersion: 0 }
const PAYMENT = { paymentUuid: '22222222-2222-4222-8222-222222222222', reference: 'AIL-1_a1' }

async function deploy(script: string, change?: () => void): Promise<void> {
  await release.stop()
  change?.()
  release = await run(script, storage)
}

/** Starts, answers and ends a call of one naira. */
async function talk(uuid: string): Promise<void> {
  const wallet = release.wallet(NAME)
  const order = { call: newCall(uuid), limits: LIMITS, idempotency: undefined }
  expect((await wallet.initiateCall(CALLER, order)).result).toMatchObject({ ok: true })
  expect(await wallet.answerCall(CALLER, uuid, LIMITS)).toMatchObject({ ok: true })
  expect(await wallet.endCall(CALLER, uuid, 'hangup')).toMatchObject({
    ok: true,
    value: { chargeKobo: 100 },
  })
}

it('the previous release settles calls of a wallet with a stream, and the next one delivers', async () => {
  release = await run(present, storage)
  await migrate(release.database)
  await release.wallet(NAME).creditPayment({
    ...PAYMENT,
    expectedKobo: kobo(5000),
    receivedKobo: kobo(5000),
  })
  await release.wallet(NAME).markStreamed()
  await talk('33333333-3333-4333-8333-333333333333')

  await deploy(previousRelease(), () => leaveEvent(storage, `user/${NAME.userUuid}`))
  await talk('44444444-4444-4444-8444-444444444444')
  const { faults, postedKobo } = await release.wallet(NAME).audit()
  expect({ faults, postedKobo }).toEqual({ faults: [], postedKobo: 4800 })

  await deploy(present)
  await talk('55555555-5555-4555-8555-555555555555')
  expect(await release.wallet(NAME).audit()).toMatchObject({ faults: [], postedKobo: 4700 })
  await expect.poll(() => countEvents(storage), { timeout: 20_000 }).toBe(0)
}, 120_000)
