import { plainText } from './characters.ts'
import { type Parsed, parsed, unparsed } from './parsed.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** The nil and the max UUID (RFC 9562) are well-formed, but identify nothing here. */
const SPECIAL = /^(?:0{8}(?:-0{4}){3}-0{12}|f{8}(?:-f{4}){3}-f{12})$/

/** Parses a UUID in either letter case. @returns it in lower case */
export function parseUuid(text: string): Parsed<string> {
  const plain = plainText(text).toLowerCase()
  return UUID.test(plain) || SPECIAL.test(plain) ? parsed(plain) : unparsed('must be a UUID')
}
