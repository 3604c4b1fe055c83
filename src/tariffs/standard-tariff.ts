/** The built-in tariff, used unless another one is configured. Pure. */

/**
 * Prefixes of special destinations, for which carriers charge many times the usual price, or not by the
 * minute.
 */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  /** ITU-T E.164, list of assigned country codes: Inmarsat; 875 to 877 are reserved for ships. */
  maritime: ['+870', '+875', '+876', '+877'],
  /** The same list: Global Mobile Satellite System, shared code. */
  satellite: ['+881'],
  /** The same list: international networks with shared codes, some of them satellites. */
  networks: ['+882', '+883'],
  /** ITU-T E.169.2: universal international premium rate numbers. */
  premium: ['+979'],
  /** ITU-T E.169.3: universal international shared cost numbers. */
  'shared-cost': ['+808'],
  /** ITU-T E.169.1: universal international freephone numbers, which not every country reaches. */
  freephone: ['+800'],
  /** ITU-T E.168: universal personal telecommunication. */
  personal: ['+878'],
  /** The E.164 list: trials, disaster relief, and reserved or spare global codes. */
  reserved: ['+388', '+879', '+888', '+991', '+999'],
  /** Diego Garcia, Ascension and Saint Helena: few lines, at very high prices. */
  islands: ['+246', '+247', '+290'],
  /** National premium rate: North America, Britain (with 070), France, Italy, Germany, Australia. */
  'national-premium': ['+1900', '+449', '+4470', '+4487', '+3389', '+3989', '+49900', '+61190'],
}

const forbiddenRows = Object.entries(FORBIDDEN).flatMap(([name, prefixes]) =>
  prefixes.map((prefix) => ({ id: `${name}-${prefix.slice(1)}`, prefix, forbidden: true })),
)

/**
 * 10 NGN a minute for whole seconds, rounded up to the whole naira. An answered call costs at least 1 NGN,
 * even if it is shorter than a second.
 */
export const STANDARD_TARIFF = {
  id: 'standard',
  version: 2,
  rates: [
    { id: 'everywhere', prefix: '+', kobo_per_minute: 1000, minimum_seconds: 1 },
    ...forbiddenRows,
  ],
}
