/**
 * Rules that no schema states, by field or by operation and field: values with a meaning, and well-formed values
 * without one, with the expected responses.
 */
import fc from 'fast-check'
import { type WishName, wish } from './plan'

export interface Meaningless {
  readonly values: fc.Arbitrary<unknown>
  readonly statuses: readonly number[]
}

const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`))

/** Nigerian mobile numbers in common spellings. */
const phones = fc.oneof(
  digits(7).map((rest) => `+234803${rest}`),
  digits(7).map((rest) => `0803${rest}`),
  fc.tuple(digits(3), digits(4)).map(([a, b]) => `+234 (803) ${a}-${b}`),
  fc.tuple(digits(3), digits(4)).map(([a, b]) => `\u202d(+234)\u00a0803/${a}\u2011${b}\u202c`),
)

const noPhones = fc.constantFrom(
  '',
  '+',
  '112',
  '911',
  '+12',
  '+9991234567',
  '+23480312',
  '442079460958',
  '009447911123456',
  '002348031234567',
  '+2348031234567890',
  '٠٨٠٣١٢٣٤٥٦٧',
  '+234803;DROP',
  'tel:+2348031234567',
  '+2348031234567;ext=1',
  '0803\u0000123',
)

const texts = fc.string({ minLength: 1, maxLength: 60 })

/** Values that a header can have. */
const headerTexts = fc.stringMatching(/^[!-~]{1,60}$/)

const of = (name: WishName): fc.Arbitrary<unknown> => fc.constant(wish(name))

const idsOf = (...names: readonly WishName[]): Meaningless => ({
  values: fc.oneof(...names.map(of), fc.uuid({ version: 4 })),
  statuses: [404],
})

/** Amounts with two decimal places, which a schema cannot express for floats. Mostly small, to save money. */
const amounts = fc
  .oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
    fc.integer({ min: 1, max: 9_999_999_999 }),
    fc.constantFrom(1, 9_999_999_999, 29, 57, 115),
  )
  .map((kobo) => kobo / 100)

const noAmounts = fc.oneof(
  fc.constantFrom(0.001, 0.009, 1.005, 10.999, 0.29 + 1e-9, 99_999_999.989),
  fc.double({ min: 0.01, max: 99_999_999.99, noNaN: true }).filter((naira) => {
    const [, decimals = ''] = String(naira).split('.')
    return decimals.length > 2
  }),
)

/** Addresses that endpoints cannot have, although they are URLs. Tests allow loopback addresses. */
const noAddresses = fc.constantFrom(
  'http://receiver.example/hook',
  'ftp://receiver.example/hook',
  'javascript:alert(1)',
  'https://receiver/hook',
  'https://receiver.example:8443/hook',
  'https://user:secret@receiver.example/hook',
  'https://receiver.example/hook#part',
  'https://10.0.0.1/hook',
  'https://2130706434/hook',
  'https://0x0a000001/hook',
  'https://[::2]/hook',
  'https://metadata.internal/hook',
  'https://receiver.example./hook',
  'https://receiver.example\\@evil.example/hook',
  'https://receiver.example/ho\tok',
)

/** Parameters with the UUID of an endpoint. */
const OF_ENDPOINT = [
  'getEndpoint.uuid',
  'changeEndpoint.uuid',
  'deleteEndpoint.uuid',
  'rotateEndpointSecret.uuid',
  'testEndpoint.uuid',
  'listAttempts.uuid',
  'replayEvents.uuid',
]

const forEach = <T>(names: readonly string[], value: T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, value]))

export const MEANINGFUL: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  amount: amounts,
  /** At least Monnify's minimum, which depends on the method. */
  'createPayment.amount': amounts.map((naira) => Math.max(naira, 20)),
  'createRefund.uuid': of('paidPayment'),
  /** At least Monnify's minimum for a refund. */
  'createRefund.amount': amounts
    .map((naira) => 100 + (naira % 50))
    .map((naira) => Math.round(naira * 100) / 100),
  /** At least three characters that can be seen. */
  'createRefund.reason': texts.map((text) => `Paid ${text}`.trim()),
  'listRefunds.uuid': of('payment'),
  waive_balance: fc.constantFrom('true', 'false'),
  time_zone: fc.constantFrom('UTC', 'Africa/Lagos', 'europe/paris', 'America/New_York'),
  'getPaymentReceipt.uuid': of('paidPayment'),
  'createCallReceipt.uuid': of('paidCall'),
  'getSignedStatement.uuid': of('wallet'),
  phone: phones,
  recipient_phone: phones,
  cursor: of('cursor'),
  ticket: of('ticket'),
  'takeSeat.ticket': of('signalingToken'),
  refresh_token: of('refreshToken'),
  current_password: of('password'),
  confirmation: of('confirmation'),
  'confirmIdentity.password': of('password'),
  /** The other proofs exclude each other, which the schema does not say. */
  'confirmIdentity.passkey': fc.constant(undefined),
  'confirmIdentity.recovery_code': fc.constant(undefined),
  'logInByPasskey.passkey': of('assertion'),
  'addPasskey.passkey': of('attestation'),
  'addPasskey.name': texts.map((text) => `Key ${text}`.trim()),
  'removePasskey.uuid': of('passkey'),
  'requestEmailChange.password': of('password'),
  'resetPassword.token': of('resetToken'),
  'confirmEmail.token': of('addressToken'),
  'restoreEmail.token': of('undoToken'),
  'logIn.email': of('email'),
  'logIn.password': of('password'),
  'monnify-signature': of('signature'),
  paymentReference: of('reference'),
  'getWallet.uuid': of('wallet'),
  'listTransactions.uuid': of('wallet'),
  'getPayment.uuid': of('payment'),
  'endSession.uuid': of('session'),
  'createKey.name': texts.map((text) => `Key ${text}`.trim()),
  'revokeKey.uuid': of('apiKey'),
  ...forEach(OF_ENDPOINT, of('endpoint')),
  uuid: of('call'),
}

/** Bodies whose fields depend on each other. The stream has fewer events than `from` and `to` can name. */
export const MEANINGFUL_BODIES: Readonly<Record<string, fc.Arbitrary<object>>> = {
  replayEvents: fc.oneof(
    fc.record({ event: of('event') }),
    fc.record({
      from: fc.integer({ min: 1, max: 2 }),
      to: fc.oneof(fc.integer({ min: 2, max: 9 }), fc.constant(Number.MAX_SAFE_INTEGER)),
    }),
  ),
}

export const MEANINGLESS: Readonly<Record<string, Meaningless>> = {
  amount: { values: noAmounts, statuses: [400] },
  phone: { values: noPhones, statuses: [400] },
  recipient_phone: { values: noPhones, statuses: [400] },
  cursor: { values: fc.oneof(texts, fc.base64String({ minLength: 1 })), statuses: [400] },
  ticket: { values: fc.oneof(texts, of('usedTicket'), of('refreshToken')), statuses: [401] },
  refresh_token: {
    values: fc.oneof(texts, of('usedRefreshToken'), of('ticket')),
    statuses: [401],
  },
  current_password: { values: texts, statuses: [400] },
  confirmation: { values: fc.oneof(headerTexts, of('refreshToken')), statuses: [403, 422] },
  time_zone: { values: texts.map((text) => `${text}?`), statuses: [400] },
  waive_balance: { values: texts.map((text) => `${text}?`), statuses: [400] },
  'confirmIdentity.password': { values: texts, statuses: [400] },
  'logIn.email': { values: fc.emailAddress().map((email) => `x${email}`), statuses: [400, 401] },
  'logIn.password': { values: texts, statuses: [401] },
  'requestEmailChange.password': { values: texts, statuses: [400] },
  token: { values: fc.oneof(texts, of('refreshToken')), statuses: [400] },
  'registerUser.email': { values: of('email'), statuses: [409] },
  'monnify-signature': {
    values: fc.oneof(texts, fc.stringMatching(/^[0-9a-f]{128}$/)),
    statuses: [401],
  },
  'idempotency-key': { values: of('usedKey'), statuses: [422] },
  paymentReference: {
    values: fc.oneof(
      of('othersReference'),
      texts.filter((text) => !/^\.+$|^ +$/.test(text)),
      fc.stringMatching(/^AIL-[0-9a-f]{32}_a[1-9]$/),
    ),
    statuses: [404],
  },
  'getWallet.uuid': idsOf('othersWallet', 'payment'),
  'listTransactions.uuid': idsOf('othersWallet', 'payment'),
  'getPayment.uuid': idsOf('othersPayment', 'wallet'),
  'createRefund.uuid': idsOf('othersPayment', 'wallet'),
  'listRefunds.uuid': idsOf('othersPayment', 'wallet'),
  'removePasskey.uuid': idsOf('othersPasskey', 'wallet'),
  'getPaymentReceipt.uuid': idsOf('othersPayment', 'wallet'),
  'getSignedStatement.uuid': idsOf('othersWallet', 'payment'),
  'endSession.uuid': idsOf('othersSession', 'wallet'),
  'revokeKey.uuid': idsOf('othersApiKey', 'wallet'),
  ...forEach(OF_ENDPOINT, idsOf('othersEndpoint', 'apiKey')),
  /** Another endpoint's list has no cursor to copy. */
  'listAttempts.uuid': { ...idsOf('othersEndpoint', 'apiKey'), statuses: [400, 404] },
  url: { values: noAddresses, statuses: [400] },
  'watchCall.uuid': { ...idsOf('othersCall', 'wallet'), statuses: [401] },
  'takeSeat.uuid': { ...idsOf('othersCall', 'wallet'), statuses: [401] },
  uuid: idsOf('othersCall', 'wallet'),
}

export const meaningOf = <T>(
  table: Readonly<Record<string, T>>,
  operationId: string,
  name: string,
): T | undefined => table[`${operationId}.${name}`] ?? table[name]
