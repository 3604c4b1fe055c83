/** Composition root: creates stores, the gateway, the wallets and the clock from the environment. */
import { waitUntil } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { requireConfirmation } from './auth/passkeys/confirmation'
import type { PasskeyDeps } from './auth/passkeys/service'
import { createPasskeyStore } from './auth/passkeys/store'
import { prepareMessage } from './auth/recovery/prepare'
import type { RecoveryDeps } from './auth/recovery/service'
import { createLinkStore, isReserved } from './auth/recovery/store'
import { loadWebAuthn } from './auth/webauthn/load'
import { LOCAL_PARTY, relyingPartyOf } from './auth/webauthn/relying-party'
import { createSessionStore } from './auth/store'
import type { AuthDeps } from './auth/service'
import { findLiveOwner, findLiveSession } from './auth/sessions'
import type { CallDeps } from './calls/service'
import { createTariffsClient } from './tariffs/client'
import { createTariffCopy } from './tariffs/copy'
import { readTariff } from './tariffs/tariff'
import type { RateRouteDeps } from './tariffs/rates/routes'
import { DEFAULT_LOCALE, type Locale, localeOf } from './common/text/locale'
import { createTokens } from './common/tokens/access-token'
import { createChallengeTokens } from './common/tokens/challenge-token'
import { createConfirmationTokens } from './common/tokens/confirmation-token'
import { createLinkTokens } from './common/tokens/link-token'
import { type Config, readConfig } from './config'
import type { LiveScopeDeps } from './http/authentication'
import { developmentParts } from './dev/parts'
import { createConnectToRoom } from './rooms/object/client'
import type { RoomObjectDeps } from './rooms/object/work'
import { createRelay } from './rooms/relay/client'
import { relayAccessOf } from './rooms/relay/settings'
import type { LiveDeps } from './rooms/event-routes'
import { createExceptionStore } from './exceptions/store'
import type { QuotaDeps } from './limits/quota'
import { createProbes } from './health/probes'
import type { ReadinessDeps } from './health/readiness'
import { createPolicies } from './limits/catalogue'
import { createLimiterClient, type LimitDeps } from './limits/service'
import { kobo } from './common/money'
import { logError } from './common/log'
import { ok } from './common/result'
import type { AuditJobDeps } from './operators/audit/audit-job'
import { type DeliveryDeps, deliverMessages, type MailDeps } from './mail/deliver'
import type { MailEventDeps } from './mail/events'
import { createBindingProvider, createResend, type MailProvider, noProvider } from './mail/provider'
import { createMessageStore } from './mail/store'
import type { BookDeps } from './operators/finance/books'
import type { OperatorDeps } from './operators/routes'
import { createEventDeps, type EventParts } from './event-deps'
import { revokeTokensAndKeys } from './keys/revocation'
import type { KeyDeps } from './keys/service'
import { createOperatorDeps } from './operator-deps'
import { createCheckStore } from './payments/check-store'
import { createMonnify } from './payments/monnify/client'
import type { PaymentDeps } from './payments/service'
import { createRetiredPayments, restoring } from './payments/retired'
import { createPaymentStore } from './payments/store'
import type { WebhookDeps } from './payments/webhook'
import { type IssueDeps, issueSoon } from './receipts/issue'
import { NUMBERS_NAME } from './receipts/numbers-object'
import type { ReceiptPort } from './receipts/pending'
import type { ReceiptDeps } from './receipts/service'
import { receiptTermsOf } from './receipts/settings'
import { createSigner, developmentSeed } from './receipts/sign'
import type { StatementDeps } from './receipts/statement'
import { createReceiptStore } from './receipts/store'
import { confirmRefund } from './refunds/pay'
import type { EraseDeps } from './privacy/erase'
import { createErasureStore } from './privacy/erasure-store'
import { createEraser } from './privacy/eraser'
import type { ExportDeps } from './privacy/export'
import { createExportStore } from './privacy/export-store'
import type { DeletionDeps } from './privacy/service'
import { disableUser, enableUser, unfreezeUser } from './operators/customers/freeze'
import type { RefundDeps } from './refunds/service'
import { createRefundStore } from './refunds/store'
import type { RetentionDeps } from './retention/job'
import type { Simulator } from './dev/simulator/simulator'
import { hashPassword, verifyPassword } from './users/password'
import {
  findActiveUser,
  refuseAfterRecovery,
  refuseUnverified,
  type UserDeps,
} from './users/service'
import { createUserStore, type User } from './users/store'
import { openWallets, type WalletDeps } from './wallets/service'
import { createWalletClient } from './wallets/object/client'

export interface Deps
  extends
    AuditJobDeps,
    AuthDeps,
    BookDeps,
    CallDeps,
    DeletionDeps,
    EraseDeps,
    EventParts,
    ExportDeps,
    KeyDeps,
    LimitDeps,
    LiveDeps,
    LiveScopeDeps,
    MailDeps,
    MailEventDeps,
    OperatorDeps,
    PasskeyDeps,
    PaymentDeps,
    QuotaDeps,
    ReadinessDeps,
    ReceiptDeps,
    RecoveryDeps,
    RefundDeps,
    RetentionDeps,
    RoomObjectDeps,
    StatementDeps,
    UserDeps,
    RateRouteDeps,
    WalletDeps,
    WebhookDeps {
  readonly simulator: Simulator | undefined
  readonly findLocale: (userUuid: string) => Promise<Locale>
  /** Period after a call for which its recipient is kept. */
  readonly calledNumbersMs: number
  readonly assets: Fetcher
}

const RING_TIMEOUT_MS = 60_000

/** Due messages that one request delivers. Its own is usually the only one. */
const MAILS_OF_A_REQUEST = 5
/** How the log names an erasure that disables an account. */
const BY_ERASURE = { operator: 'cron', reason: 'erasure' } as const

const UNLINKABLE_DELAY_MS = 3000
const SIMULATED_SENDER = 'AIleana <no-reply@aileana.example>'

/** Checked at the start: without one of these, requests would fail half-way. */
const NEEDED_BINDINGS = [
  'DB',
  'WALLET',
  'CHASE',
  'LIMITER',
  'ROOM',
  'NUMBERS',
  'TARIFFS',
  'STREAM',
] as const

/** @throws if a binding is missing or the configuration is invalid */
export function createDeps(env: Env): Deps {
  const missing = NEEDED_BINDINGS.filter((name) => !(name in env && Boolean(env[name])))
  if (missing.length > 0)
    throw new Error(`AIleana cannot start without these bindings: ${missing.join(', ')}`)
  const config = readConfig(env)
  const now = () => Date.now()
  const db = drizzle(env.DB)
  const userStore = createUserStore(db, isReserved)
  const sessionStore = createSessionStore(db)
  const passkeyStore = createPasskeyStore(db)
  const retired = createRetiredPayments(db)
  const wallets = createWalletClient(env.WALLET)
  const simulator = simulatorOf(config, env, now)
  const secrets = secretsOf(config.JWT_SECRET, config.JWT_SECRET_PREVIOUS)
  const eventParts = createEventDeps({
    env,
    db,
    wallets,
    config,
    secrets,
    isDevelopment: simulator !== undefined,
    notices: () => ({ ...mail, deliverMail, exceptionStore }),
    now,
  })
  const paymentStore = restoring(createPaymentStore(db, eventParts.eventSink), retired)
  const exceptionStore = createExceptionStore(db)
  const checkStore = createCheckStore(db)
  const refundStore = createRefundStore(db, eventParts.eventSink)
  const tariffs = createTariffsClient(env.TARIFFS)
  const configuredTariff = readTariff(config.TARIFF)
  const tokenLifetimesMs = { access: config.JWT_EXPIRES_IN, refresh: config.JWT_REFRESH_EXPIRES_IN }
  const policies = createPolicies({
    loginClientIp: config.LIMIT_LOGIN_ADDRESS,
    freeGuesses: config.LIMIT_GUESSES_FREE,
    refresh: config.LIMIT_REFRESH,
    register: config.LIMIT_REGISTER,
    passwords: config.LIMIT_PASSWORDS,
    mails: config.LIMIT_MAILS,
    exports: config.LIMIT_EXPORTS,
    payments: config.LIMIT_PAYMENTS,
    verify: config.LIMIT_VERIFY,
    calls: config.LIMIT_CALLS,
    lostCalls: config.LIMIT_LOST_CALLS,
  })
  const monnify = createMonnify({
    ...monnifyAccount(config),
    baseUrl: config.MONNIFY_BASE_URL,
    redirectUrl: config.PAYMENT_REDIRECT_URL,
    fetch: simulator ? simulator.fetch : (request) => fetch(request),
    now,
  })
  const relayAccess = relayAccessOf(config)
  const linkStore = createLinkStore(db)
  const linkTokens = createLinkTokens(config.JWT_SECRET)
  const operators = createOperatorDeps({
    db,
    config,
    secrets,
    sessionStore,
    settlementGateway: monnify,
    exceptionStore,
    paymentStore,
    now,
  })
  const confirmationTokens = createConfirmationTokens(secrets)
  const accountUrl = () => config.ACCOUNT_URL?.replace(/\/$/, '') ?? simulator?.accountUrl()
  const mail: MailDeps = {
    messageStore: createMessageStore(db),
    mailProvider: mailProviderOf(config, env, simulator),
    prepareMessage: (row) =>
      prepareMessage({ userStore, linkStore, linkTokens, accountUrl, now }, row),
    now,
  }
  const deliverMail: DeliveryDeps['deliverMail'] = (how) => {
    const delayMs = how === 'unlinkably' ? Math.random() * UNLINKABLE_DELAY_MS : 0
    waitUntil(scheduler.wait(delayMs).then(() => deliverMessages(mail, MAILS_OF_A_REQUEST)))
  }
  const revoke: Deps['revokeTokens'] = (userUuid, refusal) =>
    revokeTokensAndKeys({ wallets, ...eventParts }, userUuid, refusal)
  const freezing = { userStore, sessionStore, wallets, revokeTokens: revoke, now }
  const receipts: IssueDeps = {
    receiptStore: createReceiptStore(db),
    wallets,
    allocateNumber: async (key, atMs) => env.NUMBERS.getByName(NUMBERS_NAME).allocate(key, atMs),
    signer: createSigner(
      config.RECEIPT_KEY ?? (simulator && developmentSeed(config.JWT_SECRET)),
      config.RECEIPT_KEYS_PREVIOUS ?? [],
    ),
    receiptTerms: receiptTermsOf(config),
    now,
  }
  const issueReceipt: ReceiptPort['issueReceipt'] = (id) => waitUntil(issueSoon(receipts, id))
  return {
    ...mail,
    ...receipts,
    ...operators,
    ...eventParts,
    issueReceipt,
    linkStore,
    linkTokens,
    mailEventSecret: config.RESEND_WEBHOOK_SECRET,
    recordComplaint: (emailKey, complaint) => userStore.markComplaint(emailKey, complaint),
    deliverMail,
    now,
    userStore,
    hashPassword,
    verifyPassword,
    wallets,
    connectToRoom: createConnectToRoom(env.ROOM),
    tokenLifetimesMs,
    simulator,
    assets: env.ASSETS,
    sessionStore,
    paymentStore,
    removers: {
      sessions: (beforeMs, limit) => sessionStore.removeExpired(beforeMs, limit),
      messages: (beforeMs, limit) => mail.messageStore.removeOlder(beforeMs, limit),
      links: (beforeMs, limit) => linkStore.removeExpired(beforeMs, limit),
      operator_sessions: (beforeMs, limit) =>
        operators.operatorSessions.removeExpired(beforeMs, limit),
      operator_invitations: (beforeMs, limit) =>
        operators.invitationStore.removeExpired(beforeMs, limit),
      used_challenges: (beforeMs, limit) => passkeyStore.removeUsedChallenges(beforeMs, limit),
      payments: (beforeMs, limit) => retired.retire(beforeMs, limit),
      webhook_events: (beforeMs, limit) => retired.blankBodies(beforeMs, limit),
    },
    exceptionStore,
    checkStore,
    refundStore,
    refundLimits: {
      windowMs: config.REFUND_WINDOW,
      userDayKobo: kobo(config.REFUND_DAY_LIMIT * 100),
      operatorDayKobo: kobo(config.OPERATOR_DAY_LIMIT * 100),
    },
    confirmationTokens,
    challengeTokens: createChallengeTokens(secrets),
    passkeyStore,
    loadWebAuthn,
    relyingParty: relyingPartyOf(config.PASSKEY_ORIGINS) ?? (simulator && LOCAL_PARTY),
    calledNumbersMs: config.RETENTION_CALLED_NUMBERS,
    erasureStore: createErasureStore(db),
    exportStore: createExportStore(db),
    eraser: createEraser(db),
    erasureWaitMs: config.ERASURE_WAIT,
    requireConfirmation: (caller, confirmation) =>
      requireConfirmation({ confirmationTokens, now }, caller, confirmation),
    disableErased: (user) => disableUser(freezing, { user, ...BY_ERASURE }),
    enableAgain: async (user) => {
      await enableUser(freezing, { user, ...BY_ERASURE })
      await unfreezeUser(freezing, { user: { ...user, disabledAtMs: null }, ...BY_ERASURE })
    },
    confirmIdentity: async (caller, confirmation) => {
      const confirmed = await requireConfirmation({ confirmationTokens, now }, caller, confirmation)
      return confirmed.ok ? refuseAfterRecovery({ userStore, now }, caller.userUuid) : confirmed
    },
    confirmRefund: (reference) =>
      confirmRefund(
        {
          refundStore,
          paymentStore,
          checkStore,
          exceptionStore,
          refundGateway: monnify,
          wallets,
          deliverMail,
          now,
        },
        reference,
      ),
    probes: createProbes(env),
    tokens: createTokens(secrets, tokenLifetimesMs),
    sessionLimits: { graceMs: config.REFRESH_GRACE, maxAgeMs: config.SESSION_MAX_AGE },
    findLive: (caller) => findLiveSession({ sessionStore, now }, caller),
    findLiveOwner: (caller) => findLiveOwner({ userStore }, caller),
    revokeTokens: revoke,
    webhookSecrets: secretsOf(config.MONNIFY_SECRET_KEY, config.MONNIFY_SECRET_KEY_PREVIOUS),
    webhookIps: config.MONNIFY_WEBHOOK_ADDRESSES,
    allowedOrigins: { listed: config.ALLOWED_ORIGINS, loopback: simulator !== undefined },
    edgeCache: {
      match: (url) => caches.default.match(url),
      put: (url, response) => caches.default.put(url, response),
    },
    background: (work) => waitUntil(work),
    tariff: createTariffCopy({
      readVersions: (known) => tariffs.copy(known),
      now,
      background: (work) => waitUntil(work),
      fallback: configuredTariff,
    }),
    tariffs,
    configuredTariff,
    defaultCountry: config.DEFAULT_COUNTRY,
    callLimits: {
      maxOpenCalls: config.CALL_MAX_OPEN,
      starts: policies.calls,
      ringTimeoutMs: RING_TIMEOUT_MS,
      maxDurationMs: config.CALL_MAX_DURATION,
    },
    roomLimits: {
      ringTimeoutMs: RING_TIMEOUT_MS,
      maxDurationMs: config.CALL_MAX_DURATION,
      invitationMs: config.CALL_INVITATION,
      lostCalls: policies.lostCalls,
    },
    lostAfterMs: config.CALL_SILENCE,
    relay: relayAccess && createRelay({ ...relayAccess, fetch: (request) => fetch(request), now }),
    /** Without a relay, development connects two pages directly. */
    relayMode: relayAccess
      ? 'relay'
      : simulator || config.RELAY === 'direct'
        ? 'direct'
        : undefined,
    findLocale: async (userUuid) => {
      try {
        const user = await userStore.byUuid(userUuid)
        return user ? localeOf(user) : DEFAULT_LOCALE
      } catch (error) {
        logError('locale_not_read', error)
        return DEFAULT_LOCALE
      }
    },
    firstNameOf: async (userUuid) => {
      const found = await findActiveUser({ userStore }, userUuid)
      return found.ok ? found.value.firstName : null
    },
    limiter: createLimiterClient(env.LIMITER),
    policies,
    floodGuard: env.FLOOD_GUARD,
    userQuota: env.USER_QUOTA,
    sessionQuota: env.SESSION_QUOTA,
    gateway: monnify,
    refundGateway: monnify,
    settlementGateway: monnify,
    startPoller: async (reference, atMs) => env.CHASE.getByName(reference).start(atMs),
    wait: (ms) => scheduler.wait(ms),
    openWallets: (userUuid) => openWallets({ wallets }, userUuid),
    checkPayer: (userUuid) =>
      config.UNVERIFIED_ACCOUNTS === 'unrestricted'
        ? Promise.resolve(ok(null))
        : refuseUnverified({ userStore }, userUuid),
    customerOf: async (userUuid) => {
      const found = await findActiveUser({ userStore }, userUuid)
      return found.ok ? customerFrom(found.value) : undefined
    },
  }
}

/** Without a provider no message leaves, and the log says so. */
function mailProviderOf(
  { RESEND_API_KEY: apiKey, MAIL_FROM: from }: Config,
  env: Env & { readonly EMAIL?: SendEmail },
  simulator: Simulator | undefined,
): MailProvider {
  if (simulator)
    return createResend({ apiKey: 'simulated', from: SIMULATED_SENDER, fetch: simulator.fetchMail })
  if (from === undefined) return noProvider
  if (env.EMAIL) return createBindingProvider(env.EMAIL, from)
  if (apiKey === undefined) return noProvider
  return createResend({ apiKey, from, fetch: (request) => fetch(request) })
}

const secretsOf = (current: string, previous?: string): [string, ...string[]] =>
  previous === undefined ? [current] : [current, previous]

const monnifyAccount = (config: Config) => ({
  apiKey: config.MONNIFY_API_KEY,
  secretKey: config.MONNIFY_SECRET_KEY,
  contractCode: config.MONNIFY_CONTRACT_CODE,
})

/** Returns `undefined` in production, whose bundle does not contain the simulator. */
function simulatorOf(config: Config, env: Env, now: () => number): Simulator | undefined {
  const parts = developmentParts()
  if (!parts || config.MONNIFY_SIMULATOR === 'off') return undefined
  return parts.createSimulator({
    ...monnifyAccount(config),
    store: parts.createSimulatorStore(env.DB),
    customer: config.SIMULATED_CUSTOMER,
    wait: (ms) => scheduler.wait(ms),
    background: (work) => waitUntil(work),
    now,
  })
}

const customerFrom = ({ firstName, lastName, email }: User) => ({
  email,
  name: [firstName, lastName].filter(Boolean).join(' ') || email,
})
