/** Finds out why a signature is wrong, by trying the usual causes. Pure. */
import { createHash, createHmac } from 'node:crypto'

export interface Diagnosis {
  readonly isValid: boolean
  readonly cause: string
}

const sign = (secret: string, body: string | Buffer): string =>
  createHmac('sha512', secret).update(body).digest('hex')

/** Forms of a body that was parsed and serialised again. */
const REPRINTS: readonly [how: string, reprint: (body: string) => string][] = [
  ['printed again without spaces', (body) => JSON.stringify(JSON.parse(body))],
  ['pretty-printed with two spaces', (body) => JSON.stringify(JSON.parse(body), null, 2)],
  ['pretty-printed with four spaces', (body) => JSON.stringify(JSON.parse(body), null, 4)],
  [
    'printed with escaped slashes',
    (body) => JSON.stringify(JSON.parse(body)).replaceAll('/', '\\/'),
  ],
  ['given back its plain slashes', (body) => body.replaceAll('\\/', '/')],
  ['given another end of line', (body) => body.replace(/\r?\n$/, '')],
  ['given an end of line', (body) => `${body}\n`],
]

const BOM = '\uFEFF'

const readUtf16 = (body: Buffer, endian: 'LE' | 'BE'): string =>
  new TextDecoder(`utf-16${endian.toLowerCase()}`, { ignoreBOM: true, fatal: false }).decode(body)

/** Changes that editors and shells make to a file. */
const CONVERSIONS: readonly [how: string, original: (body: Buffer) => string | undefined][] = [
  ['the file begins with a byte order mark', (body) => withoutBom(body.toString('utf8'))],
  ['the file is UTF-16 (little-endian)', (body) => withoutBom(readUtf16(body, 'LE'), true)],
  ['the file is UTF-16 (big-endian)', (body) => withoutBom(readUtf16(body, 'BE'), true)],
]

/** Possible original line ends. */
const LINE_ENDS: readonly [how: string, original: (text: string) => string][] = [
  ['', (text) => text],
  [', and an end of line was added', (text) => text.replace(/\r?\n$/, '')],
  [', and its lines end in CRLF', (text) => text.replaceAll('\r\n', '\n')],
  [
    ', its lines end in CRLF, and an end of line was added',
    (text) => text.replaceAll('\r\n', '\n').replace(/\n$/, ''),
  ],
  [', and its lines end in LF', (text) => text.replaceAll(/\r?\n/g, '\r\n')],
]

const withoutBom = (text: string, isOptional = false): string | undefined =>
  text.startsWith(BOM) ? text.slice(1) : isOptional ? text : undefined

function convertedHow(secret: string, body: Buffer, signature: string): string | undefined {
  const plain: [string, (body: Buffer) => string] = ['the file', (body) => body.toString('utf8')]
  for (const [how, read] of [...CONVERSIONS, plain])
    for (const [ends, original] of LINE_ENDS) {
      const text = read(body)
      if (text === undefined || sign(secret, original(text)) !== signature) continue
      return `${how}${ends}`
        .replace(/^the file, and /, 'in the file ')
        .replace(/^the file, /, 'in the file ')
    }
  return undefined
}

function reprintedHow(secret: string, body: string, signature: string): string | undefined {
  const found = REPRINTS.find(([, reprint]) => {
    try {
      return sign(secret, reprint(body)) === signature
    } catch {
      return false
    }
  })
  return found?.[0]
}

/** @param body exact bytes of the file @param signature value of the `monnify-signature` header */
export function diagnose(secret: string, body: Buffer, signature: string): Diagnosis {
  const text = body.toString('utf8')
  const given = /[\da-f]{128}/i.exec(signature)?.[0] ?? signature.trim()
  const lower = given.toLowerCase()
  const no = (cause: string): Diagnosis => ({ isValid: false, cause })

  if (given === '')
    return no(
      'missing header: the event had no monnify-signature. The service rejects it in every mode.',
    )
  if (sign(secret, body) === given)
    return { isValid: true, cause: 'the signature matches the body' }
  if (sign(secret, body) === lower) return no('upper case: Monnify sends lower-case hex')
  if (createHash('sha512').update(secret).update(body).digest('hex') === lower)
    return no(
      "legacy hash: plain SHA-512 of secret and body, as the text of Monnify's documentation says. Monnify sends HMAC-SHA512.",
    )
  const converted = convertedHow(secret, body, lower)
  if (converted)
    return no(`converted file: ${converted}. Save the body's exact bytes, without an editor.`)
  const how = reprintedHow(secret, text, lower)
  if (how)
    return no(
      `re-serialised body: the signature matches the body ${how}. Verify it against the raw bytes, before any JSON parsing.`,
    )
  if (!/^[0-9a-f]{128}$/.test(lower))
    return no(`not a signature: it has ${given.length} characters instead of 128 hex digits`)
  if (/"transactionHash"/.test(text) && !/"eventType"/.test(text))
    return no(
      'old webhook configuration: a flat body with a transactionHash. Set the webhook again in the dashboard.',
    )
  return no(
    'wrong secret or changed body: no usual form of this body has this signature. Compare the client secret with the dashboard of the same environment.',
  )
}
