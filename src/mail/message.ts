/** Kinds of messages to users, and their rules. Pure. */
import type { RetrySchedule } from '../common/next-attempt'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

interface KindRule {
  /** How long after its cause a message is worth sending. A link in it is valid for the same time. */
  readonly lifetimeMs: number
  /** Whether the user can switch it off. The law demands a message for each outcome of a payment. */
  readonly isOptional?: true
  /** The user asked for it, so it is also sent to an address that has rejected messages. */
  readonly isRequested?: true
}

export const MESSAGE_KINDS = {
  verify_email: { lifetimeMs: DAY_MS, isRequested: true },
  reset_password: { lifetimeMs: 30 * MINUTE_MS, isRequested: true },
  confirm_email: { lifetimeMs: DAY_MS, isRequested: true },
  /** Replaces `confirm_email` if the new address has an account. */
  email_in_use: { lifetimeMs: DAY_MS, isRequested: true },
  email_changed: { lifetimeMs: 3 * DAY_MS, isRequested: true },
  password_changed: { lifetimeMs: DAY_MS },
  password_reset: { lifetimeMs: DAY_MS },
  passkey_added: { lifetimeMs: DAY_MS },
  passkey_removed: { lifetimeMs: DAY_MS },
  /** Support removed all passkeys and recovery codes. */
  passkeys_removed: { lifetimeMs: 3 * DAY_MS },
  recovery_code_used: { lifetimeMs: DAY_MS },
  deletion_requested: { lifetimeMs: 3 * DAY_MS },
  deletion_cancelled: { lifetimeMs: 3 * DAY_MS },
  new_device: { lifetimeMs: DAY_MS, isOptional: true },
  low_credit: { lifetimeMs: DAY_MS, isOptional: true },
  payment_completed: { lifetimeMs: 3 * DAY_MS },
  payment_partly_paid: { lifetimeMs: 3 * DAY_MS },
  payment_failed: { lifetimeMs: 3 * DAY_MS },
  payment_reversed: { lifetimeMs: 3 * DAY_MS },
  refund_completed: { lifetimeMs: 3 * DAY_MS },
  refund_failed: { lifetimeMs: 3 * DAY_MS },
  /** An endpoint of the user's stream receives no more events. */
  endpoint_disabled: { lifetimeMs: 3 * DAY_MS },
} as const satisfies Record<string, KindRule>

export type MessageKind = keyof typeof MESSAGE_KINDS

export const ruleOf = (kind: MessageKind): KindRule => MESSAGE_KINDS[kind]

export const OPTIONAL_KINDS = ['new_device', 'low_credit'] as const satisfies readonly MessageKind[]

export type OptionalKind = (typeof OPTIONAL_KINDS)[number]

/** Kinds that a user has switched off. Ignores those that only a later release knows. */
export function mutedOf({
  mutedMessages,
}: {
  readonly mutedMessages: string | null
}): OptionalKind[] {
  const muted = mutedMessages === null ? [] : (JSON.parse(mutedMessages) as string[])
  return OPTIONAL_KINDS.filter((kind) => muted.includes(kind))
}

/** Facts that the text of a message names, such as an amount. */
export type Facts = Readonly<Record<string, string>>

export interface NewMessage {
  /** Stable: the provider and the receiver recognise a repeat by it. */
  readonly id: string
  readonly kind: MessageKind
  /** `null` if only an address is known; whether it has an account is looked up at delivery. */
  readonly userUuid: string | null
  /** `null` for the address that the account has at delivery. */
  readonly recipient: string | null
  readonly facts: Facts
  readonly createdAtMs: number
}

/** About five hours; messages with a shorter lifetime end before that. */
export const MAIL_RETRIES: RetrySchedule = {
  firstMs: 30_000,
  longestMs: 30 * MINUTE_MS,
  attempts: 15,
}

/** Outcomes that the provider reports later. */
export type Complaint = 'bounced' | 'complained'

export interface Mailbox {
  /** Kinds that the user has switched off. */
  readonly muted: readonly string[]
  /** The provider's last report about the address. */
  readonly complaint: Complaint | null
}

/** Reports whether a message may be sent to a mailbox. */
export function isWanted(kind: MessageKind, { muted, complaint }: Mailbox): boolean {
  const { isOptional, isRequested } = ruleOf(kind)
  if (isRequested) return true
  if (isOptional && muted.includes(kind)) return false
  return complaint === null || (complaint === 'complained' && !isOptional)
}
