/**
 * Prefixes without ordinary subscribers. A call costs the carrier many times the usual price, or has no
 * price per minute.
 */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  /** ITU-T E.164, list of assigned country codes: Inmarsat; 875 to 877 are reserved for ships. */
  maritime: ['+870', '+875', '+876', '+877'],
  /** The same list: Global Mobile Satellite System, shared code. */
  satellite: ['+881'],
  /** The same list: international networks, shared codes, including satellites. */
  networks: ['+882', '+883'],
  /** ITU-T E.169.2: universal international premium rate numbers. */
  premium: ['+979'],
  /** ITU-T E.169.3: universal international shared cost numbers. */
  'shared-cost': ['+808'],
  /** ITU-T E.169.1: universal international freephone numbers, which not every network reaches. */
  freephone: ['+800'],
  /** ITU-T E.168: universal personal telecommunication, which follows the subscriber anywhere. */
  personal: ['+878'],
  /** The E.164 list: trials, disaster relief, and codes reserved or spare for a global service. */
  reserved: ['+388', '+879', '+888', '+991', '+999'],
  /** Diego Garcia, Ascension and Saint Helena: few lines, and among the most expensive to call. */
  islands: ['+246', '+247', '+290'],
  /** National premium rate: North America, Britain (with 070), France, Italy, Germany, Australia. */
  'national-premium': ['+1900', '+449', '+4470', '+4487', '+3389', '+3989', '+49900', '+61190'],
}

const forbiddenRows = Object.entries(FORBIDDEN).flatMap(([name, prefixes]) =>
  prefixes.map((prefix) => ({ id: `${name}-${prefix.slice(1)}`, prefix, forbidden: true })),
)

/**
 * Built-in tariff, used if none is configured: 10 NGN per minute, counted in whole seconds and rounded
 * up to whole naira. An answered call of less than a second costs 1 NGN.
 */
export const STANDARD_TARIFF = {
  id: 'standard',
  version: 2,
  rates: [
    { id: 'everywhere', prefix: '+', kobo_per_minute: 1000, minimum_seconds: 1 },
    ...forbiddenRows,
  ],
}
