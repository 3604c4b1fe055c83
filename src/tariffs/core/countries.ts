/**
 * Rows of a tariff by country. A prefix belongs to the country of its code. Where countries share a code, it belongs to
 * those whose leading digits it has, and otherwise to those without leading digits of their own: `+1242` to the Bahamas,
 * `+1416` to Canada and the United States. Pure.
 */
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  Metadata,
} from 'libphonenumber-js/min'
import { CALL_TYPES, type CallType } from '../../wallets/core/wallet'
import { callingCodeOf } from '../prefix'
import { reachOf, type Row } from './row'
import { findRow, type RowIndex } from './row-index'

interface Plan {
  readonly country: CountryCode
  readonly code: string
  /** Leading digits that no other country with this code has. */
  readonly leading: string | undefined
}

const metadata = new Metadata()

function planOf(country: CountryCode): Plan {
  metadata.selectNumberingPlan(country)
  const leading: unknown = metadata.numberingPlan?.leadingDigits()
  return {
    country,
    code: getCountryCallingCode(country),
    leading: typeof leading === 'string' ? leading : undefined,
  }
}

const PLANS = getCountries().map(planOf)
const BY_CODE = Map.groupBy(PLANS, ({ code }) => code)

/** Countries to which a prefix belongs; none for a prefix that is shorter than a country's code. */
export function countriesOf(prefix: string): CountryCode[] {
  const code = callingCodeOf(prefix)
  if (code === undefined) return []
  const plans = BY_CODE.get(code) ?? []
  const national = prefix.slice(1 + code.length)
  const owners = plans.filter(
    ({ leading }) => leading && new RegExp(`^(?:${leading})`).test(national),
  )
  const others = plans.filter(({ leading }) => leading === undefined)
  const found = owners.length > 0 ? owners : others.length > 0 ? others : plans
  return found.map(({ country }) => country)
}

export interface CountryPrices {
  readonly country: CountryCode
  readonly callingCode: string
  /** Lowest price of a minute by type, in kobo; undefined if no call is allowed. */
  readonly fromKobo: Readonly<Partial<Record<CallType, number>>>
  /** Rows for the country, by prefix; the first one may also apply to other countries. */
  readonly rows: readonly Row[]
}

interface Priced {
  readonly rates: readonly Row[]
  readonly index: RowIndex<Row>
}

const isLiteral = (leading: string): boolean => /^\d+$/.test(leading)

/** Row of the destinations in a country for which no row of its own exists, if there may be any. */
function rowOfOthers(
  { code, leading }: Plan,
  own: readonly Row[],
  { index }: Priced,
  type: CallType,
) {
  /** Several leading digits usually have a row each, and then the row of the code applies to none of them. */
  if (leading !== undefined && !isLiteral(leading) && own.length > 0) return undefined
  const start = leading !== undefined && isLiteral(leading) ? leading : ''
  return findRow(index, `+${code}${start}`, type)
}

function pricesOf(plan: Plan, own: readonly Row[], tariff: Priced): CountryPrices {
  const fromKobo: Partial<Record<CallType, number>> = {}
  const rows = new Set(own)
  for (const type of CALL_TYPES) {
    const other = rowOfOthers(plan, own, tariff, type)
    if (other) rows.add(other)
    const prices = [...rows]
      /** A row for both types does not apply to a type that has its own row. */
      .filter((row) => tariff.index.get(row.prefix)?.[type] === row)
      .flatMap(({ kobo_per_minute: kobo }) => kobo ?? [])
    if (prices.length > 0) fromKobo[type] = prices.reduce((least, kobo) => Math.min(least, kobo))
  }
  const sorted = [...rows].toSorted((a, b) => (reachOf(a) < reachOf(b) ? -1 : 1))
  return { country: plan.country, callingCode: plan.code, fromKobo, rows: sorted }
}

/** Prices of all countries, in the order of their codes of two letters. */
export function pricesByCountry(tariff: Priced): CountryPrices[] {
  const own = new Map<CountryCode, Row[]>()
  for (const row of tariff.rates)
    for (const country of countriesOf(row.prefix)) {
      const rows = own.get(country)
      if (rows) rows.push(row)
      else own.set(country, [row])
    }
  return PLANS.map((plan) => pricesOf(plan, own.get(plan.country) ?? [], tariff)).toSorted((a, b) =>
    a.country < b.country ? -1 : 1,
  )
}
