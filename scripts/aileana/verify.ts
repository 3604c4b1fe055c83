/** Verifies a receipt or a signed statement. With a saved file of keys, it works offline. */
import { readFileSync, statSync } from 'node:fs'
import { styleText } from 'node:util'
import { type PublicKeys, readKeySet } from '../../src/receipts/core/jws.ts'
import { MAX_FILE_BYTES, verifyFile } from '../../src/receipts/core/verify.ts'
import { summaryOf } from '../../src/receipts/core/summary.ts'
import { fail } from '../cli/program.ts'
import { messageOf, request } from './request.ts'

export interface VerifyOptions {
  readonly url: string
  /** File or URL of the public keys; by default, the URL of the service. */
  readonly keys?: string
}

const KEYS_PATH = '/.well-known/jwks.json'
const MAX_KEYS_BYTES = 100_000
const TIMEOUT_MS = 10_000

function readText(path: string, maxBytes: number): string {
  try {
    const { size } = statSync(path)
    if (size <= maxBytes) return readFileSync(path, 'utf8')
  } catch (error) {
    return fail(`${path} cannot be read: ${messageOf(error)}`)
  }
  return fail(`${path} is too large. At most ${maxBytes} bytes can be read.`)
}

async function fetchText(url: URL): Promise<string> {
  const response = await request(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: unknown) => fail(`${messageOf(error)} To work offline, use --keys with a saved file.`),
  )
  if (!response.ok) return fail(`${url.href} returned ${response.status}.`)
  return response.text()
}

async function readKeys({ url, keys }: VerifyOptions): Promise<PublicKeys> {
  const address = keys === undefined ? new URL(KEYS_PATH, url) : URL.parse(keys)
  const isRemote = address !== null && /^https?:$/.test(address.protocol)
  const source = isRemote ? address.href : (keys ?? '')
  const text = isRemote ? await fetchText(address) : readText(source, MAX_KEYS_BYTES)
  try {
    const known = readKeySet(JSON.parse(text))
    if (known && known.size > 0) return known
  } catch {
    return fail(`${source} is not JSON; it must be a copy of ${KEYS_PATH}.`)
  }
  return fail(`${source} has no Ed25519 key; it must be a copy of ${KEYS_PATH}.`)
}

/** Shows control and format characters of a file, which could rewrite the terminal, as `\u001b`. */
const visible = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u${code.toString(16).padStart(4, '0')}`
  })

export async function verify(path: string, options: VerifyOptions): Promise<void> {
  const text = readText(path, MAX_FILE_BYTES)
  const verified = await verifyFile(text, await readKeys(options))
  if (!verified.isGenuine) {
    if (verified.isUnreadable) return fail(visible(verified.findings.join(' ')))
    for (const finding of verified.findings) console.log(visible(finding))
    return fail('Not genuine: the file differs from what the service signed.', 1)
  }
  for (const { name, value } of summaryOf(verified.content, verified.holder))
    console.log(`${name}: ${visible(value)}`)
  return console.log(
    styleText('green', 'Genuine: nothing was altered since the service signed it.'),
  )
}
