/** Prices of calls that start now, for everyone. */
import { z } from 'zod'
import type { Kobo } from '../../common/money'
import { ok, type Result } from '../../common/result'
import { type Page, pageOf, readCursor } from '../../http/pagination'
import type { Rate } from '../../wallets/core/metering'
import type { CallType } from '../../wallets/core/wallet'
import type { ReadTariffAt } from '../copy'
import { type CountryPrices, pricesByCountry } from '../core/countries'
import { affordableSeconds } from '../core/duration'
import { reachOf, type Row } from '../core/row'
import { rateFor, type Tariff } from '../tariff'

export interface RatesDeps {
  readonly tariff: ReadTariffAt
  readonly now: () => number
}

/** A result, and the instant at which another version may change it. */
export interface Dated {
  readonly nextChangeMs: number | undefined
}

/** Prices by country take a pass through all rows, once for each tariff. */
const computed = new WeakMap<Tariff, CountryPrices[]>()

function countriesOf(tariff: Tariff): CountryPrices[] {
  const known = computed.get(tariff)
  if (known) return known
  const prices = pricesByCountry(tariff)
  computed.set(tariff, prices)
  return prices
}

export interface RatesQuery {
  readonly country: string | undefined
  readonly limit: number
  readonly cursor: string | undefined
}

export interface FoundRates extends Dated {
  readonly version: number
  readonly countries: readonly CountryPrices[]
  readonly page: Page<Row>
}

const positionSchema = z.tuple([z.string().max(30)])

/** Refuses `invalid_cursor`, `tariffs_unavailable`. */
export async function listRates(deps: RatesDeps, query: RatesQuery): Promise<Result<FoundRates>> {
  const { country, limit, cursor } = query
  const position = readCursor(positionSchema, cursor || undefined)
  if (!position.ok) return position
  const found = await deps.tariff(deps.now())
  if (!found.ok) return found
  const { tariff, nextChangeMs } = found.value
  const all = countriesOf(tariff)
  const countries = country === undefined ? all : all.filter((one) => one.country === country)
  const rows = country === undefined ? [] : (countries[0]?.rows ?? [])
  const [after] = position.value ?? ['']
  const rest = rows.filter((row) => reachOf(row) > after).slice(0, limit + 1)
  const page = pageOf(rest, limit, (row) => [reachOf(row)])
  return ok({ version: tariff.version, nextChangeMs, countries, page })
}

export interface FoundMinutes extends Dated {
  readonly rate: Rate
  readonly seconds: number
}

/** Refuses `destination_not_allowed`, `tariffs_unavailable`. */
export async function minutesFor(
  deps: RatesDeps,
  {
    phone,
    type,
    amount,
  }: { readonly phone: string; readonly type: CallType; readonly amount: Kobo },
): Promise<Result<FoundMinutes>> {
  const found = await deps.tariff(deps.now())
  if (!found.ok) return found
  const rate = rateFor(found.value.tariff, phone, type)
  if (!rate.ok) return rate
  const seconds = affordableSeconds(rate.value, amount)
  return ok({ rate: rate.value, seconds, nextChangeMs: found.value.nextChangeMs })
}
