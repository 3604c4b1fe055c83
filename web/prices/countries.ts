/** Names of countries, and the search for them. Pure. */
import type { Rates } from '../../client/client'

export type CountryRate = Rates['countries'][number]

export interface NamedCountry extends CountryRate {
  readonly name: string
}

const names = new Intl.DisplayNames(['en'], { type: 'region' })

/** Without accents, so that `Cote` finds Côte d’Ivoire. */
const plain = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('’', "'").toLowerCase()

/** In the order of their names. */
export const withNames = (countries: readonly CountryRate[]): NamedCountry[] =>
  countries
    .map((one) => ({ ...one, name: names.of(one.country) ?? one.country }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'))

/** Countries with the text in their name, or with it as their code of two letters or calling code. */
export function findCountries(countries: readonly NamedCountry[], text: string): NamedCountry[] {
  const wanted = plain(text.trim())
  if (wanted === '') return [...countries]
  const code = wanted.replace(/^(?:\+|00)/, '')
  return countries.filter(
    (one) =>
      plain(one.name).includes(wanted) ||
      one.country.toLowerCase() === wanted ||
      (code !== '' && one.calling_code === code),
  )
}
