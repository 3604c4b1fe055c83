/** Codes of authenticator apps (TOTP, RFC 6238): SHA-1, six digits, steps of 30 s, which all apps support. Pure. */
import { Secret, TOTP } from 'otpauth/slim'

const ISSUER = 'AIleana back office'
const DIGITS = 6
const STEP_SECONDS = 30
/** Steps before and after the present one that are accepted, for clocks that differ (RFC 6238 section 5.2). */
const WINDOW = 1
/** 160 bits, as RFC 4226 section 4 recommends. */
const SECRET_BYTES = 20

const SETTINGS = { algorithm: 'SHA1', digits: DIGITS, period: STEP_SECONDS }

export const newSecret = (): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(SECRET_BYTES))

const secretOf = (bytes: Uint8Array): Secret =>
  new Secret({ buffer: Uint8Array.from(bytes).buffer })

/** Secret as people type it: base32 (RFC 4648). */
export const writtenSecret = (bytes: Uint8Array): string => secretOf(bytes).base32

/**
 * Finds the time step of a code.
 * @returns the step, or `undefined` for a code that no step of the window has
 */
export function stepOf(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  const delta = TOTP.validate({
    ...SETTINGS,
    secret: secretOf(secret),
    token: code,
    timestamp: nowMs,
    window: WINDOW,
  })
  return delta === null
    ? undefined
    : TOTP.counter({ period: STEP_SECONDS, timestamp: nowMs }) + delta
}

/** URI that an authenticator app reads, for example from a QR code. */
export const uriOf = (secret: Uint8Array, email: string): string =>
  new TOTP({ ...SETTINGS, issuer: ISSUER, label: email, secret: secretOf(secret) }).toString()
