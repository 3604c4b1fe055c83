/** Monnify's formats of a time. Times without a zone are in Africa/Lagos. Pure. */
import { fromLagos } from '../../common/text/lagos'

const DAY_FIRST = /^(\d\d)\/(\d\d)\/(\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d))? ?([AP])M$/i
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,3})?\d*(Z|[+-]\d\d:?\d\d)?$/

/** Reads a time, such as `14/03/2026 04:23:37 PM`. @returns `undefined` for any other text */
export function parseGatewayTime(text: string): number | undefined {
  const atMs = dayFirst(text) ?? iso(text)
  return atMs === undefined || Number.isNaN(atMs) ? undefined : atMs
}

function dayFirst(text: string): number | undefined {
  const match = DAY_FIRST.exec(text.trim())
  if (!match) return undefined
  const [, day = '', month = '', year = '', hour, minute = '', second = '00', half = ''] = match
  const hours = (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0)
  const clock = `${String(hours).padStart(2, '0')}:${minute}:${second}`
  return fromLagos(Date.parse(`${year}-${month}-${day}T${clock}.000Z`))
}

function iso(text: string): number | undefined {
  const match = ISO.exec(text.trim())
  if (!match) return undefined
  const [, date, time, fraction = '.0', zone] = match
  const utcMs = Date.parse(`${date}T${time}${fraction.padEnd(4, '0')}${zone ?? 'Z'}`)
  return zone === undefined ? fromLagos(utcMs) : utcMs
}
