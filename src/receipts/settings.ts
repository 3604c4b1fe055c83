/** Settings of receipts, for the configuration. Pure. */
import { z } from 'zod'
import { oneOf, trimmed } from '../common/settings/fields'
import { isPublicKey, readPrivateKey } from './core/keys'
import type { ReceiptTerms } from './core/receipt'
import { parseVatRate, VAT_POINTS, type VatPoint } from './core/vat'

const MAX_ISSUER_LINES = 10
const MAX_LINE = 200

const parsed = <T>(parse: (text: string) => T | undefined, message: string) =>
  z.preprocess(
    trimmed,
    z
      .string()
      .transform((text, context): T => {
        const value = parse(text)
        if (value !== undefined) return value
        context.addIssue({ code: 'custom', message })
        return z.NEVER
      })
      .optional(),
  )

function readPublicKeys(text: string): string[] | undefined {
  const keys = text.split(/[\s,]+/).filter(Boolean)
  return keys.every(isPublicKey) ? keys : undefined
}

function readIssuer(text: string): string[] | undefined {
  const lines = text.split(/[;\n]/).flatMap((line) => line.trim() || [])
  /** Quotes are an error in the file of settings, not a part of the value. */
  if (/^["'`]|["'`]$/.test(text)) return undefined
  const isShort =
    lines.length <= MAX_ISSUER_LINES && lines.every(({ length }) => length <= MAX_LINE)
  return isShort && !/\p{Cc}/u.test(lines.join('')) ? lines : undefined
}

export const receiptFields = {
  RECEIPT_KEY: parsed(
    readPrivateKey,
    'must be an Ed25519 key: openssl genpkey -algorithm ed25519 -outform DER | openssl base64 -A',
  ),
  RECEIPT_KEYS_PREVIOUS: parsed(
    readPublicKeys,
    'must be a list of the `x` of earlier keys, from /.well-known/jwks.json',
  ),
  RECEIPT_ISSUER: parsed(
    readIssuer,
    `must have at most ${MAX_ISSUER_LINES} parts of at most ${MAX_LINE} characters, separated by semicolons, without quotes`,
  ),
  VAT_RATE: parsed(parseVatRate, 'must be a percentage such as 7.5, with at most two decimals'),
  VAT_POINT: oneOf(VAT_POINTS, 'topup'),
}

interface ReceiptSettings {
  readonly RECEIPT_ISSUER?: string[] | undefined
  readonly VAT_RATE?: number | undefined
  readonly VAT_POINT: VatPoint
}

export const receiptTermsOf = ({
  RECEIPT_ISSUER: issuer = [],
  VAT_RATE: vatRate,
  VAT_POINT: vatPoint,
}: ReceiptSettings): ReceiptTerms => ({ issuer, vatRate, vatPoint })
