/** JSON that operators' routes return, for the pages of the back office. Amounts are in NGN, times in RFC 3339. */
import type { Permission, Role } from './access/permissions'
import type { ActionOutcome } from './log/table'
import type { ProposalKind, ProposalState } from './proposals/table'

export interface OperatorBody {
  readonly uuid: string
  readonly name: string
  readonly email: string
  readonly role: Role
}

/** `GET /operator/session`, and the response to a log-in. */
export interface SessionBody {
  readonly operator: OperatorBody & { readonly permissions: readonly Permission[] }
  /** Null for a token of Cloudflare Access. */
  readonly expires_at: string | null
  /** Only for the command line. */
  readonly token?: string
}

/** `POST /operator/invitations/read` */
export interface InvitationBody {
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly totp: { readonly secret: string; readonly uri: string }
  /** Whether the deployment accepts passkeys. */
  readonly has_passkeys: boolean
}

/** `POST /operator/operators`, and `POST /operator/operators/{uuid}`. */
export interface InvitedBody {
  readonly operator: OperatorBody
  /** Link, returned once; null if the action does not invite. */
  readonly invitation: string | null
  /** End of the invitation. */
  readonly expires_at: string | null
}

/** `POST /operator/bootstrap` */
export interface BootstrapBody {
  readonly invitation: string
  readonly expires_at: string
}

/** `POST /operator/keys` */
export interface KeyBody {
  /** Returned once. */
  readonly key: string
  readonly expires_at: string
}

/** Item of `GET /operator/api-keys`: a key of the deployment. */
export interface ApiKeyBody {
  readonly uuid: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly created_at: string
  readonly last_used_at: string | null
}

/** `GET /operator/api-keys` */
export interface ApiKeysBody {
  readonly keys: readonly ApiKeyBody[]
}

/** `POST /operator/api-keys` */
export interface NewApiKeyBody extends ApiKeyBody {
  /** Returned once. */
  readonly key: string
}

/** `GET /operator/operators` */
export interface OperatorsBody {
  readonly operators: readonly ListedOperator[]
}

/** `GET /operator/sessions` */
export interface SessionsBody {
  readonly sessions: readonly ListedSession[]
}

/** Item of `GET /operator/operators`. */
export interface ListedOperator extends OperatorBody {
  readonly state: 'invited' | 'active' | 'disabled'
  readonly has_password: boolean
  readonly passkeys: number
  readonly live_sessions: number
  readonly last_seen_at: string | null
  readonly created_at: string
}

/** Item of `GET /operator/sessions`. */
export interface ListedSession {
  readonly uuid: string
  readonly kind: 'session' | 'key'
  readonly name: string | null
  readonly place: string | null
  readonly is_current: boolean
  readonly created_at: string
  readonly last_used_at: string
  readonly expires_at: string
  readonly ended_at: string | null
}

/** Item of `GET /operator/log`. */
export interface LogEntry {
  readonly seq: number
  readonly at: string
  readonly operator: string | null
  readonly operator_name: string | null
  readonly action: string
  readonly outcome: ActionOutcome
  readonly started_seq: number | null
  readonly subject: string | null
  readonly reason: string | null
  readonly request_id: string | null
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
}

/** `GET /operator/log`, the newest entries first. */
export interface LogBody {
  readonly items: readonly LogEntry[]
  /** Value for `cursor`; null on the last page. */
  readonly next: string | null
}

/** `GET /operator/log/verify` */
export interface VerifiedLogBody {
  /** Entries that continue the chain. */
  readonly checked: number
  /** Last of them; its `seq` is the next value for `after`. */
  readonly head: { readonly seq: number; readonly hash: string }
  /** Number of the first entry that does not continue the chain. */
  readonly broken_at: number | null
}

/** Item of `POST /operator/search`. */
export interface CustomerHit {
  readonly uuid: string
  /** Masked. */
  readonly name: string
  /** Masked. */
  readonly email: string
  /** Matched field: `email`, `name`, `uuid`, `payment`, `call`, `wallet` or `receipt`. */
  readonly found_by: string
  /** Reference or UUID that matched, if it was not the user. */
  readonly reference: string | null
  readonly created_at: string
}

export interface WalletBody {
  readonly uuid: string
  readonly type: string
  /** Sum of the ledger. */
  readonly posted: number
  /** Available balance. */
  readonly balance: number
  readonly held: number
  readonly goodwill: number
  readonly debt: number
}

export interface OpenCallBody {
  readonly uuid: string
  readonly status: string
  /** Masked. */
  readonly recipient: string
  readonly started_at: string | null
  readonly must_end_by: string | null
  /** Cost so far or the hold, whichever is greater. */
  readonly held: number
}

/** `GET /operator/customers/{uuid}` */
export interface CustomerBody {
  readonly uuid: string
  /** Masked. */
  readonly name: string
  /** Masked. */
  readonly email: string
  readonly email_verified_at: string | null
  readonly created_at: string
  readonly frozen_at: string | null
  readonly disabled_at: string | null
  readonly deletion_requested_at: string | null
  readonly sessions: number
  readonly passkeys: number
  readonly wallets: readonly WalletBody[]
  readonly open_calls: readonly OpenCallBody[]
  readonly open_exceptions: number
  readonly pending_proposals: number
}

export const TIMELINE_KINDS = [
  'payment',
  'gateway',
  'webhook',
  'entry',
  'call',
  'refund',
  'session',
  'message',
  'action',
] as const
export type TimelineKind = (typeof TIMELINE_KINDS)[number]

/** Item of `GET /operator/customers/{uuid}/timeline`. */
export interface TimelineItem {
  readonly at: string
  readonly kind: TimelineKind
  /** UUID, reference or hash of the thing. */
  readonly id: string
  /** Status, kind of entry, event type, or outcome. */
  readonly title: string
  /** For entries: signed change of the wallet's balance. */
  readonly amount: number | null
  /** Further facts, in order, for people: [name, value]. Personal data is masked. */
  readonly facts: readonly (readonly [name: string, value: string])[]
  /** Routes that can act on the item: `poll`, `refund`, `replay`, `end`, `receipt`. */
  readonly actions: readonly string[]
}

export interface TimelineBody {
  readonly items: readonly TimelineItem[]
  /** Value for `before`; null on the last page. */
  readonly next: string | null
}

/** `POST /operator/search` */
export interface SearchBody {
  readonly customers: readonly CustomerHit[]
  /** Number of matching customers; of those found by name, only the first are listed. */
  readonly total: number
}

/** Operators' actions on a customer. */
export const CUSTOMER_ACTIONS = [
  'freeze',
  'unfreeze',
  'disable',
  'enable',
  'end_sessions',
  'remove_passkeys',
] as const
export type CustomerAction = (typeof CUSTOMER_ACTIONS)[number]

/** `POST /operator/customers/{uuid}/actions` */
export interface ActedBody {
  readonly user: string
  readonly action: string
}

interface CallState {
  readonly status: string
  readonly end_reason: string | null
  readonly ended_at: string | null
  readonly cost: number
}

/** `POST /operator/customers/{uuid}/calls/{call}/end` */
export interface EndedCallBody {
  readonly call: string
  readonly before: CallState
  readonly after: CallState
}

interface PaymentState {
  readonly status: string
  readonly amount_paid: number
  readonly failure_reason: string | null
}

/** `POST /operator/payments/{reference}/poll` */
export interface PolledBody {
  readonly payment: string
  readonly reference: string
  readonly before: PaymentState
  readonly after: PaymentState
}

/** `POST /operator/webhooks/{hash}/replay` */
export interface ReplayedBody {
  readonly event: string
  readonly outcome: string
}

/** `POST /operator/customers/{uuid}/reveal` */
export interface RevealedBody {
  readonly email: string
  readonly first_name: string | null
  readonly last_name: string | null
  /** Numbers called in the last 90 days, the last first. */
  readonly called_numbers: readonly {
    readonly call: string
    readonly phone: string
    readonly name: string | null
  }[]
}

/** Figures that an action would change: [name, value], for people. */
export interface EffectBody {
  readonly figures: readonly (readonly [name: string, value: string])[]
}

/** `POST /operator/proposals/preview` */
export interface PreviewBody extends EffectBody {
  readonly needs_approval: boolean
  /** Amount that the operator can still move today without approval. */
  readonly own_left: number
}

/** `GET /operator/proposals/{uuid}` */
export interface ProposalBody {
  readonly uuid: string
  readonly kind: ProposalKind
  readonly state: ProposalState | 'expired'
  readonly customer: string
  readonly amount: number
  /** Bank code and the last digits of the account, until the decision. */
  readonly destination: string | null
  /** Content of the proposal, without the bank account. */
  readonly body: Readonly<Record<string, unknown>>
  readonly hash: string
  readonly reason: string
  readonly maker: string
  readonly maker_name: string
  readonly checker: string | null
  readonly checker_name: string | null
  readonly decision_reason: string | null
  readonly needs_approval: boolean
  readonly is_own: boolean
  readonly created_at: string
  readonly expires_at: string
  readonly decided_at: string | null
  readonly executed_at: string | null
  /** Code of a refusal, or UUID of the refund or adjustment. */
  readonly outcome: string | null
}

/** Item of `GET /operator/exceptions`. */
export interface ExceptionBody {
  readonly kind: string
  readonly subject: string
  readonly amount: number | null
  readonly state: 'open' | 'taken' | 'resolved'
  readonly owner: string | null
  readonly owner_name: string | null
  readonly note: string | null
  readonly resolution: string | null
  readonly count: number
  readonly noted_at: string
  readonly last_noted_at: string
}
