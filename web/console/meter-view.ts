/** Values of a call's meter, computed by the wallet's own rules. Pure. */
import { type Kobo, kobo, maxKobo, parseNaira, ZERO } from '../../src/common/money'
import { costKobo, openingHoldKobo, wholeSeconds } from '../../src/wallets/core/metering'
import type { Call, Rate, Wallet } from './model'

export interface Reading {
  /** Whole seconds since the answer; zero while the call rings. */
  readonly seconds: number
  readonly costKobo: Kobo
  /** Amount held. */
  readonly holdAt: Kobo
  readonly secondsLeft: number
  /** Part of the time to the horizon that has passed, from 0 to 1. */
  readonly passed: number
}

const rateOf = (rate: Rate) => ({
  id: rate.id,
  version: rate.version,
  koboPerMinute: kobo(rate.kobo_per_minute),
  unitKobo: kobo(rate.unit_kobo),
  minimumSeconds: rate.minimum_seconds,
  incrementSeconds: rate.increment_seconds,
  setupKobo: kobo(rate.setup_kobo),
  steps: rate.steps,
})

/** Reads an open call's meter. It stops at the horizon. @param nowMs server time */
export function readMeter(call: Call, nowMs: number): Reading {
  const rate = rateOf(call.rate)
  const horizonMs = call.must_end_by === null ? nowMs : Date.parse(call.must_end_by)
  const atMs = Math.min(nowMs, horizonMs)
  const startedAtMs = call.started_at === null ? undefined : Date.parse(call.started_at)
  const seconds = startedAtMs === undefined ? 0 : wholeSeconds(startedAtMs, atMs)
  const soFarKobo = startedAtMs === undefined ? ZERO : costKobo(rate, seconds)
  const beganAtMs = startedAtMs ?? Date.parse(call.created_at)
  const spanMs = Math.max(1, horizonMs - beganAtMs)
  return {
    seconds,
    costKobo: soFarKobo,
    holdAt: maxKobo(openingHoldKobo(rate), soFarKobo),
    secondsLeft: wholeSeconds(atMs, horizonMs),
    passed: Math.min(1, Math.max(0, (atMs - beganAtMs) / spanMs)),
  }
}

const koboOf = (naira: number): number => parseNaira(naira) ?? 0

/** Balance at an instant: the posted balance less the holds of open calls. */
export function liveBalance(
  { balance, held }: Pick<Wallet, 'balance' | 'held'>,
  openCalls: readonly Call[],
  nowMs: number,
): { readonly balanceKobo: number; readonly heldKobo: number } {
  const postedKobo = koboOf(balance) + koboOf(held)
  const heldKobo = openCalls.reduce((sum, call) => sum + readMeter(call, nowMs).holdAt, 0)
  return { balanceKobo: Math.max(0, postedKobo - heldKobo), heldKobo }
}
