/**
 * Strings that are data: values that are stored, sealed, signed or sent. A row may be added here; a row
 * never changes, because data under the old spelling exists. Schema steps are pinned by their hashes in
 * `wallets/object/released-schema.unit.test.ts`, and the HTTP contract by `docs/openapi.json`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { getTableColumns, getTableName } from 'drizzle-orm'
import { base64url } from 'jose'
import { expect, it } from 'vitest'
import {
  LINK_PURPOSES,
  links,
  passkeys,
  recoveryCodes,
  sessions,
  usedChallenges,
} from '../src/auth/table'
import { kobo } from '../src/common/money'
import { createChallengeTokens } from '../src/common/tokens/challenge-token'
import { createConfirmationTokens } from '../src/common/tokens/confirmation-token'
import { createTokens } from '../src/common/tokens/access-token'
import { deriveKeys } from '../src/common/tokens/signing-keys'
import { RETIRED_SETTINGS, SETTINGS } from '../src/config'
import { EXCEPTION_KINDS } from '../src/exceptions/exception'
import { exceptions } from '../src/exceptions/table'
import { pageOf } from '../src/http/pagination'
import { createPolicies } from '../src/limits/catalogue'
import { PAYMENT_METHODS, PAYMENT_STATUSES } from '../src/payments/core/payment'
import { attemptReference, newReference } from '../src/payments/core/references'
import { createSeal } from '../src/common/tokens/seal'
import {
  operatorBootstraps,
  operatorInvitations,
  operatorPasskeys,
  operators,
  operatorSessions,
} from '../src/operators/access/table'
import { newToken, tokenHashOf } from '../src/operators/access/tokens'
import { adjustments, auditProgress } from '../src/operators/table'
import {
  dailyBooks,
  settlementLines,
  settlementProgress,
  settlements,
} from '../src/operators/finance/table'
import { gatewayRefunds, payments, retiredPayments, webhookEvents } from '../src/payments/table'
import { canonicalJson, type Json } from '../src/receipts/core/canonical'
import { receiptId } from '../src/receipts/core/receipt'
import { CATALOGUE, EVENT_TYPES } from '../src/events/core/catalogue'
import { NUMBER_STEPS, NUMBERS_NAME } from '../src/receipts/numbers-object'
import { developmentSeed } from '../src/receipts/sign'
import { receipts } from '../src/receipts/table'
import { refunds } from '../src/refunds/table'
import { decodeRows, encodeRows, hashOf, proposalHash } from '../src/tariffs/core/content'
import { VERSION_STATES } from '../src/tariffs/core/version'
import { TARIFF_STEPS } from '../src/tariffs/schema'
import { PUBLISHED } from '../src/tariffs/tariff'
import { TARIFFS_NAME } from '../src/tariffs/tariffs-object'
import { PHASES, SEATS } from '../src/rooms/core/room'
import { createLinkTokens } from '../src/common/tokens/link-token'
import { MESSAGE_KINDS } from '../src/mail/message'
import { DEPLOYMENT, eventId, streamName } from '../src/outbox/event'
import { eventOutbox, streams } from '../src/outbox/table'
import { MESSAGE_STATES, messages } from '../src/mail/table'
import { erasures, users } from '../src/users/table'
import { CALL_EVENT_TYPES } from '../src/wallets/core/call-event'
import { appendEntry, emptyLedger, POSTING_KINDS } from '../src/wallets/core/ledger'
import { STEPS } from '../src/wallets/core/metering'
import { attemptEntryPrefix, paymentEntryPrefix } from '../src/wallets/core/payment-commands'
import { correctionReference } from '../src/wallets/core/correction'
import { goodwillReference, waiverReference } from '../src/wallets/core/debt-commands'
import {
  gatewayRefundPrefix,
  ownRefundPrefix,
  reversalReference,
} from '../src/wallets/core/returned-money'
import {
  goodwillInReference,
  goodwillOutReference,
  takenOverReference,
  transferInReference,
  transferOutReference,
} from '../src/wallets/core/transfer-commands'
import {
  CALL_STATUSES,
  CALL_TYPES,
  CURRENCY,
  END_REASONS,
  objectName,
  WALLET_TYPES,
  walletUuid,
} from '../src/wallets/core/wallet'
import { WALLET_EVENT_TYPES } from '../src/wallets/core/wallet-events'
import { SCHEMA_STEPS } from '../src/wallets/object/tables/migrations'
import { callSessions, transactions, wallets } from '../src/wallets/table'
import { receiptFile } from './support/signed-files'

const USER = '0b6f6a0e-6a0f-4f0c-8f6d-3d6c3c1c8a11'
const PAYMENT = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const REFERENCE = 'AIL-3f0b8c1e6f645e0a9b1c2f4f8f3f7a55'

/** Values that were computed when the first of each was stored or sent. */
const SEAL = '2f15eb5ec0af61a4f18ab85d88f5dd3700d8d12e200fb970e44b3f80bccf9549'
const WALLET_UUIDS = [
  '0fe271e8-55b9-5153-b993-b069084aea10',
  'b0fc930a-65e5-5551-a94c-c366dda7c1ca',
]
const KEY_ID = '05fa84bc51221099'
const KEYS = {
  access: 'RobL4QpY1XL7',
  refresh: '1c40S0uljgph',
  ticket: 'JBOgeiY1F4Qh',
  signaling: 'R0fkf2yoNSmD',
  confirmation: 'wGDtZgp1OWVi',
  challenge: 'FidLJzvvVyK_',
  succession: 'bJJJ8H0uCzdf',
}
const ACCESS_CLAIMS = ['sub', 'sid', 'jti', 'ver', 'iss', 'aud', 'iat', 'exp']
const REFRESH_CLAIMS = ['sub', 'sid', 'jti', 'iss', 'aud', 'iat', 'exp']
const CONFIRMATION_CLAIMS = ['sub', 'sid', 'ver', 'iss', 'aud', 'iat', 'exp']
const CHALLENGE_CLAIMS = ['jti', 'use', 'iss', 'aud', 'iat', 'exp']
const OWN_CHALLENGE_CLAIMS = ['jti', 'use', 'sub', 'sid', 'iss', 'aud', 'iat', 'exp']
const TICKET_CLAIMS = ['sub', 'sid', 'jti', 'ver', 'call', 'iss', 'aud', 'iat', 'exp']
const CALLER_CLAIMS = ['sub', 'sid', 'ver', 'call', 'seat', 'iss', 'aud', 'iat', 'exp']
const CALLEE_CLAIMS = ['sub', 'call', 'seat', 'name', 'iss', 'aud', 'iat', 'exp']
const RECEIPT =
  '{"amount":"100.00","balance":"100.00","call":null,"currency":"NGN","entry_hash":"3f505949710920cd58b074b8334fab3bae27a90d6cac745c63c97601fff1c883","entry_seq":1,"issued_at":"2126-03-14T10:00:05.000Z","issuer":["Example Ltd","TIN 12345678-0001"],"kind":"payment","number":"2126-000042","posted_at":"2126-03-14T10:00:00.000Z","reference":"AIL-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_a1","subject_uuid":"3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55","type":"receipt","vat":{"amount":"6.98","net":"93.02","rate":"7.50"},"version":1,"wallet_uuid":"0fe271e8-55b9-5153-b993-b069084aea10"}'
const RECEIPT_SIGNATURE =
  'UiBGkCBZlYC63lWyRjc29equ-RqNWagQ2JigsYPKn1ITrtD-12hEyijMEf98OrBqOCEbteRc69NmY_EZ_vqjDw'
const FIGURES = { unit_kobo: 100, minimum_seconds: 1, increment_seconds: 1, setup_kobo: 0 }
const TARIFF_ROWS =
  '[["nigeria","+234","video",1800,100,1,1,0],["satellite","+870","",null,100,1,1,0]]'
const TARIFF_HASH = '9dba02287b74f1d4386e17378ed762e57543a2470a0f524dd8176b1879d9488f'
const TARIFF_SCHEMA = '26dcf4a65d35103326e6c76a7a60531c2a24a2cfa5b34f653c78df0752adcc71'
const DEVELOPMENT_SEED = 'nMtYuIF9c-So'
const SEALED_TOTP = '1.AAAAAAAAAAAAAAAA.3j4RPkgDp4UCs74ZqD3HJliO1FZqoYMSogdxl-zh0oasyEoI'
const CURSOR = 'WzE3NjcyMjU2MDAwMDAsIjBiNmY2YTBlLTZhMGYtNGYwYy04ZjZkLTNkNmMzYzFjOGExMSJd'
const SETTING_NAMES = [
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'JWT_EXPIRES_IN',
  'JWT_REFRESH_EXPIRES_IN',
  'REFRESH_GRACE',
  'SESSION_MAX_AGE',
  'OPERATOR_BOOTSTRAP_SECRET',
  'ACCESS_TEAM_DOMAIN',
  'ACCESS_AUDIENCE',
  'APPROVAL_ABOVE',
  'OPERATOR_DAY_LIMIT',
  'REFUND_WINDOW',
  'REFUND_DAY_LIMIT',
  'MONNIFY_API_KEY',
  'MONNIFY_SECRET_KEY',
  'MONNIFY_SECRET_KEY_PREVIOUS',
  'MONNIFY_CONTRACT_CODE',
  'MONNIFY_BASE_URL',
  'MONNIFY_WEBHOOK_ADDRESSES',
  'PAYMENT_REDIRECT_URL',
  'MAIL_FROM',
  'RESEND_API_KEY',
  'RESEND_WEBHOOK_SECRET',
  'ACCOUNT_URL',
  'PASSKEY_ORIGINS',
  'RETENTION_CALLED_NUMBERS',
  'ERASURE_WAIT',
  'UNVERIFIED_ACCOUNTS',
  'CALL_MAX_DURATION',
  'CALL_MAX_OPEN',
  'CALL_INVITATION',
  'CALL_SILENCE',
  'DEFAULT_COUNTRY',
  'TARIFF',
  'ALLOWED_ORIGINS',
  'LIMIT_LOGIN_ADDRESS',
  'LIMIT_GUESSES_FREE',
  'LIMIT_REFRESH',
  'LIMIT_REGISTER',
  'LIMIT_PASSWORDS',
  'LIMIT_MAILS',
  'LIMIT_EXPORTS',
  'LIMIT_PAYMENTS',
  'LIMIT_VERIFY',
  'LIMIT_CALLS',
  'LIMIT_LOST_CALLS',
  'DEPLOYMENT_EVENTS',
  'RELAY_URL',
  'RELAY_KEY_ID',
  'RELAY_TOKEN',
  'RECEIPT_KEY',
  'RECEIPT_KEYS_PREVIOUS',
  'RECEIPT_ISSUER',
  'VAT_RATE',
  'VAT_POINT',
  'RELAY',
  'MONNIFY_SIMULATOR',
  'SIMULATED_CUSTOMER',
]
/** A deployment may still have them. No setting may have these names again. */
const RETIRED_SETTING_NAMES = ['OPERATOR_TOKEN', 'OPERATOR_MONEY_TOKEN']
const D1_COLUMNS = {
  users:
    'uuid email email_key password_hash token_version first_name last_name created_at_ms disabled_at_ms frozen_at_ms email_verified_at_ms email_complaint muted_messages language time_zone refunds_from_ms revoke_due_at_ms',
  sessions:
    'uuid user_uuid refresh_token_hash created_at_ms last_used_at_ms expires_at_ms revoked_at_ms device place',
  links:
    'message_id token_hash purpose user_uuid email email_key created_at_ms expires_at_ms used_at_ms',
  passkeys:
    'credential_id uuid user_uuid public_key counter transports is_backed_up name created_at_ms last_used_at_ms',
  recovery_codes: 'user_uuid code_hash created_at_ms used_at_ms',
  used_challenges: 'id expires_at_ms',
  erasures:
    'user_uuid uuid waives_balance requested_at_ms erase_at_ms attempts next_attempt_at_ms began_at_ms erased_at_ms',
  messages:
    'id kind user_uuid recipient facts state created_at_ms attempts next_attempt_at_ms sent_at_ms provider_id',
  payments:
    'uuid user_uuid method wallet_type amount_kobo description status reference attempt attempt_began_at_ms monnify_reference checkout_url amount_paid_kobo standing_seq failure_reason next_ask_at_ms polls idempotency_key fingerprint created_at_ms completed_at_ms refunded_kobo refunded_seq next_check_at_ms noticed_at_ms notice_cause known_at_ms',
  gateway_refunds:
    'refund_reference transaction_reference payment_reference amount_kobo noted_at_ms',
  refunds:
    'uuid payment_uuid user_uuid reference payment_reference transaction_reference method amount_kobo status reason operator evidence destination failure_reason tries next_try_at_ms idempotency_key fingerprint created_at_ms completed_at_ms',
  receipts:
    'id kind subject_uuid user_uuid wallet_type created_at_ms year number content key_id signature issued_at_ms attempts next_attempt_at_ms',
  adjustments:
    'uuid kind user_uuid wallet_type amount_kobo reason operator idempotency_key fingerprint created_at_ms posted_at_ms',
  audit_progress:
    'id after_uuid pass_began_at_ms last_pass_began_at_ms last_pass_ended_at_ms last_pass_findings findings failures',
  operators:
    'uuid name email email_key role password_hash totp_sealed totp_step invited_by created_at_ms disabled_at_ms',
  operator_invitations:
    'token_hash operator_uuid totp_sealed created_at_ms expires_at_ms used_at_ms',
  operator_passkeys: 'credential_id operator_uuid public_key counter created_at_ms last_used_at_ms',
  operator_sessions:
    'uuid token_hash operator_uuid kind name place created_at_ms last_used_at_ms expires_at_ms ended_at_ms',
  operator_bootstraps: 'secret_hash operator_uuid used_at_ms',
  webhook_events:
    'body_hash body event_type payment_reference times_received received_at_ms tried_at_ms outcome tries next_try_at_ms',
  retired_payments: 'reference uuid user_uuid method wallet_type amount_kobo attempt created_at_ms',
  exceptions: 'kind subject amount_kobo first_at_ms last_at_ms count state owner note resolution',
  wallets: 'uuid user_uuid type currency posted_kobo entry_seq entry_hash created_at_ms change',
  transactions:
    'wallet_uuid seq kind from_account to_account amount_kobo balance_kobo reference source_uuid posted_at_ms previous_hash hash',
  call_sessions:
    'uuid wallet_uuid recipient_phone recipient_name type status rate hold_kobo charge_kobo created_at_ms started_at_ms ended_at_ms end_reason change',
  settlements:
    'reference amount_kobo destination settled_at_ms received_at_ms state digest expected_lines lines next_page tries next_try_at_ms',
  settlement_lines:
    'settlement_reference line transaction_reference payment_reference payment_uuid amount_paid_kobo net_kobo fee_kobo outcome',
  settlement_progress: 'id completed_at_ms uuid',
  daily_books:
    'day top_ups_kobo charges_kobo refunds_kobo reversals_kobo goodwill_kobo corrections_kobo debt_payments_kobo forfeits_kobo waivers_kobo other_kobo in_transit_kobo fees_kobo liability_kobo entries computed_at_ms changes difference_kobo',
  streams: 'user_uuid created_at_ms',
  event_outbox: 'seq owner id type version at_ms data failures next_attempt_at_ms',
}
const WALLET_COLUMNS = {
  alarm_backoff: 'id failures retry_at_ms',
  calls:
    'seq uuid recipient_phone recipient_name type status rate ticket hold_kobo charge_kobo created_at_ms deadline_at_ms started_at_ms ended_at_ms end_reason change closed_change room_since_ms invited_at_ms acceptance_uuid',
  collections: 'uuid payment_uuid amount_kobo status',
  ended_sessions: 'uuid until_ms',
  entries:
    'seq kind from_account to_account amount_kobo balance_kobo reference source_uuid posted_at_ms previous_hash hash change',
  idempotency_keys: 'seq key fingerprint answer created_at_ms',
  event_outbox: 'seq destination revision body failures next_attempt_at_ms',
  outbox: 'seq destination revision body failures next_attempt_at_ms',
  reversals: 'payment_uuid reference taken_kobo short_kobo',
  token_version: 'id minimum',
  transfers: 'uuid to_type amount_kobo status change goodwill_kobo payment_uuid',
  used_tickets: 'id expires_at_ms',
  wallet:
    'id created_at_ms clock_ms posted_kobo entry_seq entry_hash call_seq change projected_change projected_entry_seq goodwill_kobo debt_kobo debt_source_uuid frozen_at_ms erased_at_ms blanked_call_seq streamed_since_ms',
}

it('keeps the references of ledger entries, which are the idempotency keys of money', () => {
  expect(paymentEntryPrefix(PAYMENT)).toBe(`receipt/${PAYMENT}/`)
  const attempt = { paymentUuid: PAYMENT, reference: `${REFERENCE}_a1` }
  expect(attemptEntryPrefix(attempt)).toBe(`receipt/${PAYMENT}/${REFERENCE}_a1/`)
  expect(transferOutReference(PAYMENT)).toBe(`transfer_out/${PAYMENT}`)
  expect(transferInReference(PAYMENT)).toBe(`transfer_in/${PAYMENT}`)
  expect(goodwillOutReference(PAYMENT)).toBe(`goodwill_out/${PAYMENT}`)
  expect(goodwillInReference(PAYMENT)).toBe(`goodwill_in/${PAYMENT}`)
  expect(takenOverReference(PAYMENT)).toBe(`debt_taken_over/${PAYMENT}`)
  expect(goodwillReference(PAYMENT)).toBe(`goodwill/${PAYMENT}`)
  expect(waiverReference(PAYMENT)).toBe(`debt_waiver/${PAYMENT}`)
  expect(correctionReference(PAYMENT)).toBe(`correction/${PAYMENT}`)
  expect(reversalReference(attempt)).toBe(`reversal/${PAYMENT}/${REFERENCE}_a1`)
  expect(gatewayRefundPrefix(attempt)).toBe(`refund/${PAYMENT}/${REFERENCE}_a1/gateway/`)
  expect(ownRefundPrefix({ ...attempt, refundUuid: USER })).toBe(
    `refund/${PAYMENT}/${REFERENCE}_a1/${USER}/`,
  )
})

it('keeps the references of payments and of their attempts', () => {
  expect(newReference('3f0b8c1e6f645e0a9b1c2f4f8f3f7a55')).toBe(REFERENCE)
  expect(attemptReference({ reference: REFERENCE, attempt: 2 })).toBe(`${REFERENCE}_a2`)
})

it('keeps the seal of an entry', () => {
  const head = emptyLedger('3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55')
  const reference = `receipt/${PAYMENT}/${REFERENCE}_a1/50000/top_up`
  const posting = {
    kind: 'top_up',
    amountKobo: kobo(50_000),
    reference,
    sourceUuid: PAYMENT,
  } as const
  expect(appendEntry(head, posting, 1_767_225_600_000).hash).toBe(SEAL)
})

it('keeps the kinds of exceptions', () => {
  expect(EXCEPTION_KINDS).toEqual([
    'currency_mismatch',
    'reference_mismatch',
    'unknown_reference',
    'unknown_status',
    'unexpected_amount',
    'unreadable_answer',
    'unknown_payment_state',
    'reversal_shortfall',
    'excess_refund',
    'unknown_refund',
    'unexplained_refund',
    'gateway_refund_failed',
    'unknown_settlement',
    'settled_twice',
    'settled_short',
    'settlement_differs',
    'unsettled_payment',
    'refund_undecided',
    'check_failed',
    'audit_finding',
    'never_answered',
    'outcome_late',
    'proposal_unfinished',
    'erasure_blocked',
    'endpoint_disabled',
  ])
})

it('keeps posting kinds, accounts, statuses, types and reasons', () => {
  expect(POSTING_KINDS).toEqual({
    top_up: { from: 'gateway', to: 'wallet' },
    surplus: { from: 'gateway', to: 'wallet' },
    reversal: { from: 'wallet', to: 'gateway' },
    transfer_out: { from: 'wallet', to: 'transfer' },
    transfer_in: { from: 'transfer', to: 'wallet' },
    call_charge: { from: 'wallet', to: 'revenue' },
    refund: { from: 'wallet', to: 'refund' },
    refund_paid: { from: 'refund', to: 'gateway' },
    refund_returned: { from: 'refund', to: 'wallet' },
    refund_bounced: { from: 'gateway', to: 'refund' },
    gateway_refund: { from: 'wallet', to: 'gateway' },
    debt: { from: 'debt', to: 'gateway' },
    debt_payment: { from: 'wallet', to: 'debt' },
    debt_waiver: { from: 'goodwill', to: 'debt' },
    debt_taken_over: { from: 'debt', to: 'transfer' },
    goodwill: { from: 'goodwill', to: 'wallet' },
    goodwill_out: { from: 'wallet', to: 'transfer' },
    goodwill_in: { from: 'transfer', to: 'wallet' },
    balance_waiver: { from: 'wallet', to: 'waived' },
    correction_in: { from: 'corrections', to: 'wallet' },
    correction_out: { from: 'wallet', to: 'corrections' },
  })
  expect(PAYMENT_STATUSES).toEqual([
    'pending',
    'processing',
    'completed',
    'failed',
    'cancelled',
    'expired',
  ])
  expect(PAYMENT_METHODS).toEqual(['monnify', 'wallet'])
  expect(CALL_STATUSES).toEqual([
    'initiated',
    'ringing',
    'answered',
    'completed',
    'failed',
    'cancelled',
  ])
  expect(CALL_TYPES).toEqual(['audio', 'video'])
  expect(END_REASONS).toEqual([
    'hangup',
    'busy',
    'declined',
    'failed',
    'no_answer',
    'credit_exhausted',
    'max_duration',
    'wallet_frozen',
    'lost',
  ])
  expect(CALL_EVENT_TYPES).toEqual(['state', 'answered', 'horizon_moved', 'low_credit', 'ended'])
  expect(STEPS).toEqual(['from_zero', 'after_minimum'])
  expect(SEATS).toEqual(['caller', 'callee'])
  expect(PHASES).toEqual([
    'open',
    'ringing',
    'answering',
    'connecting',
    'live',
    'no_media',
    'ending',
    'ended',
  ])
  expect(CURRENCY).toBe('NGN')
})

it('keeps the names of wallet objects, and the public UUIDs that follow from them', () => {
  expect(WALLET_TYPES).toEqual(['primary', 'call_credits'])
  expect(objectName({ userUuid: USER, type: 'primary' })).toBe(`${USER}/primary`)
  expect(WALLET_TYPES.map((type) => walletUuid({ userUuid: USER, type }))).toEqual(WALLET_UUIDS)
})

it('keeps the types, the IDs and the destinations of the events of wallets', () => {
  expect(WALLET_EVENT_TYPES).toEqual([
    'call.initiated',
    'call.ringing',
    'call.answered',
    'call.ended',
    'credit.low',
    'credit.exhausted',
    'wallet.frozen',
    'wallet.unfrozen',
  ])
  const cause = `wallet/${WALLET_UUIDS[0]}/7/0`
  expect(eventId(cause)).toBe('evt_ec181ea1f26252d2aaf39c6ebef6eb44')
  expect([USER, 'deployment'].map(streamName)).toEqual([`user/${USER}`, 'deployment'])
})

it('keeps Durable Object classes and bindings', () => {
  const toml = readFileSync(join(import.meta.dirname, '../wrangler.toml'), 'utf8')
  for (const [binding, name] of [
    ['WALLET', 'Wallet'],
    ['CHASE', 'PaymentChase'],
    ['LIMITER', 'Limiter'],
    ['NUMBERS', 'Numbers'],
    ['TARIFFS', 'Tariffs'],
    ['STREAM', 'Stream'],
  ])
    expect(toml).toContain(`name = "${binding}"\nclass_name = "${name}"`)
  for (const binding of ['DB', 'ASSETS']) expect(toml).toContain(`binding = "${binding}"`)
})

it('keeps the keys, the object and the schema of the numbers of receipts', () => {
  expect(receiptId({ kind: 'payment', subjectUuid: PAYMENT })).toBe(`payment/${PAYMENT}`)
  expect(receiptId({ kind: 'call', subjectUuid: PAYMENT })).toBe(`call/${PAYMENT}`)
  expect(NUMBERS_NAME).toBe('receipts')
  const db = new DatabaseSync(':memory:')
  for (const step of NUMBER_STEPS) db.exec(step)
  const columns = db.prepare('SELECT name FROM pragma_table_info(?)').all('numbers')
  expect(columns.map(({ name }) => name).join(' ')).toBe('key year number allocated_at_ms')
})

it('keeps the object, the schema, the rows and the hash of tariff versions', () => {
  expect(TARIFFS_NAME).toBe('tariffs')
  expect(PUBLISHED).toBe('published')
  expect(VERSION_STATES).toEqual(['draft', 'approved', 'withdrawn'])
  expect(TARIFF_STEPS.map(hashOf)).toEqual([TARIFF_SCHEMA])
  const rows = [
    { ...FIGURES, id: 'nigeria', prefix: '+234', type: 'video' as const, kobo_per_minute: 1800 },
    { ...FIGURES, id: 'satellite', prefix: '+870', forbidden: true as const },
  ]
  expect(encodeRows(rows)).toBe(TARIFF_ROWS)
  expect(decodeRows(TARIFF_ROWS)).toEqual(rows)
  const proposal = { version: 7, author: USER, note: 'note', effectiveAtMs: 1, rowsHash: 'r' }
  expect(proposalHash(proposal)).toBe(TARIFF_HASH)
})

it('keeps the objects of streams, and the types of events', () => {
  expect([USER, 'deployment'].map(streamName)).toEqual([`user/${USER}`, 'deployment'])
  expect(EVENT_TYPES).toEqual([
    'payment.completed',
    'payment.failed',
    'payment.expired',
    'payment.cancelled',
    'payment.partially_paid',
    'payment.reversed',
    'refund.completed',
    'refund.failed',
    'call.initiated',
    'call.ringing',
    'call.answered',
    'call.ended',
    'credit.low',
    'credit.exhausted',
    'wallet.frozen',
    'wallet.unfrozen',
    'endpoint.test',
  ])
  for (const { version } of Object.values(CATALOGUE)) expect(version).toBe(1)
})

it('keeps the content and the signature of a receipt', async () => {
  const { receipt, signature } = await receiptFile()
  expect(canonicalJson(receipt as Json)).toBe(RECEIPT)
  expect(signature.split('.')[2]).toBe(RECEIPT_SIGNATURE)
  const seed = Buffer.from(developmentSeed('x'.repeat(32))).toString('base64url')
  expect(seed.slice(0, 12)).toBe(DEVELOPMENT_SEED)
})

it('keeps the keys that are derived from a secret', () => {
  const { keyId, ...keys } = deriveKeys('a secret of at least thirty-two bytes')
  const starts = Object.entries(keys).map(([name, key]) => [
    name,
    base64url.encode(key).slice(0, 12),
  ])
  expect([keyId, Object.fromEntries(starts)]).toEqual([KEY_ID, KEYS])
})

it('keeps the headers and claims of tokens', async () => {
  const secrets = ['a secret of at least thirty-two bytes'] as const
  const tokens = createTokens(secrets, { access: 1, refresh: 1 })
  const caller = { userUuid: USER, sessionUuid: PAYMENT, tokenVersion: 0 }
  const period = { issuedAtMs: 1_767_225_600_000, expiresAtMs: 1_767_229_200_000 }
  const refresh = { userUuid: USER, sessionUuid: PAYMENT, tokenId: 'an id' }
  const signed = [
    await tokens.signAccess(caller, period),
    await tokens.signRefresh(refresh, period),
    await tokens.signTicket(caller, PAYMENT, period.issuedAtMs),
    await tokens.signSignaling({ callUuid: PAYMENT, seat: 'caller', caller }, period.issuedAtMs),
    await tokens.signSignaling(
      { callUuid: PAYMENT, seat: 'callee', userUuid: USER, callerName: 'Ada' },
      period.issuedAtMs,
    ),
    await createConfirmationTokens(secrets).sign(caller, period.issuedAtMs),
    await createChallengeTokens(secrets).sign({ purpose: 'log_in' }, period.issuedAtMs),
    await createChallengeTokens(secrets).sign({ purpose: 'add', caller }, period.issuedAtMs),
    await createChallengeTokens(secrets).sign({ purpose: 'operator_log_in' }, period.issuedAtMs),
    await createChallengeTokens(secrets).sign(
      { purpose: 'operator_add', operatorUuid: USER, invitationHash: SEAL },
      period.issuedAtMs,
    ),
  ]
  const parts = signed.map((token) =>
    token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(new TextDecoder().decode(base64url.decode(part))) as object),
  )
  expect(parts.map(([header = {}, claims = {}]) => [header, Object.keys(claims)])).toEqual([
    [{ alg: 'HS256', typ: 'at+jwt', kid: KEY_ID }, ACCESS_CLAIMS],
    [{ alg: 'HS256', typ: 'rt+jwt', kid: KEY_ID }, REFRESH_CLAIMS],
    [{ alg: 'HS256', typ: 'ticket+jwt', kid: KEY_ID }, TICKET_CLAIMS],
    [{ alg: 'HS256', typ: 'signaling+jwt', kid: KEY_ID }, CALLER_CLAIMS],
    [{ alg: 'HS256', typ: 'signaling+jwt', kid: KEY_ID }, CALLEE_CLAIMS],
    [{ alg: 'HS256', typ: 'confirmation+jwt', kid: KEY_ID }, CONFIRMATION_CLAIMS],
    [{ alg: 'HS256', typ: 'challenge+jwt', kid: KEY_ID }, CHALLENGE_CLAIMS],
    [{ alg: 'HS256', typ: 'challenge+jwt', kid: KEY_ID }, OWN_CHALLENGE_CLAIMS],
    [{ alg: 'HS256', typ: 'challenge+jwt', kid: KEY_ID }, CHALLENGE_CLAIMS],
    [{ alg: 'HS256', typ: 'challenge+jwt', kid: KEY_ID }, OWN_CHALLENGE_CLAIMS],
  ])
  expect(parts.map(([, claims]) => claims)).toMatchObject([
    { iss: 'aileana', aud: 'aileana:access' },
    { iss: 'aileana', aud: 'aileana:refresh' },
    { iss: 'aileana', aud: 'aileana:ticket' },
    { iss: 'aileana', aud: 'aileana:signaling', seat: 'caller' },
    { iss: 'aileana', aud: 'aileana:signaling', seat: 'callee' },
    { iss: 'aileana', aud: 'aileana:confirmation' },
    { iss: 'aileana', aud: 'aileana:challenge', use: 'log_in' },
    { iss: 'aileana', aud: 'aileana:challenge', use: 'add' },
    { iss: 'aileana', aud: 'aileana:challenge', use: 'operator_log_in' },
    { iss: 'aileana', aud: 'aileana:challenge', use: 'operator_add', sub: USER, sid: SEAL },
  ])
})

it('keeps the content of cursors', () => {
  const { nextCursor } = pageOf([1, 2], 1, () => [1_767_225_600_000, USER])
  expect(nextCursor).toBe(CURSOR)
})

it('keeps the names of rate-limit policies, which name their objects', () => {
  const rate = { quota: 1, windowMs: 1000 }
  const { loginAccount, operatorLogin, ...quotas } = createPolicies({
    loginClientIp: rate,
    passwords: rate,
    refresh: rate,
    register: rate,
    exports: rate,
    payments: rate,
    verify: rate,
    calls: rate,
    lostCalls: rate,
    mails: rate,
    freeGuesses: 5,
  })
  const names = [loginAccount, operatorLogin, ...Object.values(quotas)].map(({ name }) => name)
  expect(names.toSorted()).toEqual([
    'api-keys',
    'calls',
    'endpoints',
    'exports',
    'login-account',
    'login-address',
    'lost-calls',
    'mails',
    'operator-address',
    'operator-bootstrap',
    'operator-dry-runs',
    'operator-exports',
    'operator-login',
    'operator-searches',
    'passwords',
    'payments',
    'refresh',
    'register',
    'verify',
  ])
})

it('keeps the kinds and states of messages, and the purposes of links', () => {
  expect(Object.keys(MESSAGE_KINDS).toSorted()).toEqual([
    'confirm_email',
    'deletion_cancelled',
    'deletion_requested',
    'email_changed',
    'email_in_use',
    'endpoint_disabled',
    'low_credit',
    'new_device',
    'passkey_added',
    'passkey_removed',
    'passkeys_removed',
    'password_changed',
    'password_reset',
    'payment_completed',
    'payment_failed',
    'payment_partly_paid',
    'payment_reversed',
    'recovery_code_used',
    'refund_completed',
    'refund_failed',
    'reset_password',
    'verify_email',
  ])
  expect(MESSAGE_STATES).toEqual(['pending', 'sent', 'void', 'abandoned', 'bounced', 'complained'])
  expect(LINK_PURPOSES).toEqual(['reset', 'verify', 'change', 'undo'])
})

it('keeps the IDs of events, by which receivers recognise a repeat', () => {
  expect(DEPLOYMENT).toBe('deployment')
  expect(eventId('payment/p/completed/1')).toBe('evt_918c752e29cd5024bf1025181a03572e')
})

it('keeps the tokens of links', () => {
  const tokens = createLinkTokens('q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o')
  expect(tokens.tokenOf('a message')).toBe('8gz_l-gMR8p7XyBEOme_8tABLSosvC8YkE5X5ZjR1SY')
  expect(tokens.hashOf('a token')).toBe(
    'e3316e2bafebb6103a3418e8778c0adc960d40213a03a7e7f4fcd3426ed807bf',
  )
})

it("keeps the form of operators' tokens, and of sealed TOTP secrets", async () => {
  const prefixes = (['session', 'key', 'invitation'] as const).map((use) => newToken(use))
  expect(prefixes.map((token) => token.slice(0, 4))).toEqual(['ops_', 'opk_', 'opi_'])
  for (const token of prefixes) expect(token).toMatch(/^op[ski]_[\w-]{43}$/)
  expect(tokenHashOf('a token')).toBe(
    'e3316e2bafebb6103a3418e8778c0adc960d40213a03a7e7f4fcd3426ed807bf',
  )
  const seal = createSeal(
    'operatorTotp',
    ['q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'],
    () => new Uint8Array(12),
  )
  const secret = Uint8Array.from({ length: 20 }, (_, index) => index)
  expect(await seal.seal(secret, USER)).toBe(SEALED_TOTP)
})

it('keeps the names of settings', () => {
  expect(SETTINGS).toEqual(SETTING_NAMES)
  expect(Object.keys(RETIRED_SETTINGS)).toEqual(RETIRED_SETTING_NAMES)
  for (const name of RETIRED_SETTING_NAMES) expect(SETTINGS).not.toContain(name)
})

it("keeps D1's tables and columns", () => {
  const tables = [
    users,
    sessions,
    links,
    passkeys,
    recoveryCodes,
    usedChallenges,
    messages,
    erasures,
    payments,
    webhookEvents,
    gatewayRefunds,
    refunds,
    receipts,
    adjustments,
    auditProgress,
    operators,
    operatorInvitations,
    operatorPasskeys,
    operatorSessions,
    operatorBootstraps,
    retiredPayments,
    exceptions,
    wallets,
    transactions,
    callSessions,
    settlements,
    settlementLines,
    settlementProgress,
    dailyBooks,
    streams,
    eventOutbox,
  ]
  const columns = tables.map((table) => [
    getTableName(table),
    Object.values(getTableColumns(table))
      .map(({ name }) => name)
      .join(' '),
  ])
  expect(Object.fromEntries(columns)).toEqual(D1_COLUMNS)
})

it("keeps the wallet object's tables and columns", () => {
  const db = new DatabaseSync(':memory:')
  for (const step of SCHEMA_STEPS) db.exec(step)
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
  const columns = tables.map(({ name }) => [
    String(name),
    db
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(String(name))
      .map((row) => row['name'])
      .join(' '),
  ])
  expect(Object.fromEntries(columns)).toEqual(WALLET_COLUMNS)
})
