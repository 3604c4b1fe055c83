/**
 * Rules of tariff versions. A version is a draft until another operator approves it or an operator withdraws it. It is
 * approved at least `NOTICE_MS` before it takes effect, so that every isolate has read it by then. Pure.
 */
import { ok, refuse, type Result } from '../../common/result'

/** Shortest time from the approval, or the withdrawal of an approved version, to its effective instant. */
export const NOTICE_MS = 5 * 60_000

/** Longest time from a proposal to its effective instant. */
export const MAX_AHEAD_MS = 366 * 86_400_000

/** Most drafts, and most approved versions that wait for their instant. */
const MAX_DRAFTS = 20
const MAX_WAITING = 5

export const VERSION_STATES = ['draft', 'approved', 'withdrawn'] as const
export type VersionState = (typeof VERSION_STATES)[number]

export interface TariffVersion {
  readonly version: number
  readonly state: VersionState
  /** UUIDs of operators. */
  readonly author: string
  readonly approver: string | null
  readonly withdrawer: string | null
  readonly note: string
  readonly effectiveAtMs: number
  readonly proposedAtMs: number
  readonly approvedAtMs: number | null
  readonly withdrawnAtMs: number | null
  readonly rows: number
  readonly rowsHash: string
  readonly hash: string
}

const notAllowed = (reason: string) => refuse({ code: 'tariff_not_allowed', reason })

export interface ApprovalFacts {
  readonly approver: string
  /** Hash of the proposal that the approver saw. */
  readonly hash: string
  readonly nowMs: number
  /** Number of destinations below their cost. */
  readonly belowCost: number
  /** Operator who set the current costs; null without costs. */
  readonly costsAuthor: string | null
  /** Whether another approved version has the same effective instant. */
  readonly isTaken: boolean
  /** Approved versions that wait for their instant. */
  readonly waiting: number
}

/** Refuses `tariff_not_allowed` with the reason. */
export function decideApproval(version: TariffVersion, facts: ApprovalFacts): Result<null> {
  if (version.state !== 'draft') return notAllowed(`The version is ${version.state}.`)
  if (version.author === facts.approver)
    return notAllowed('The author cannot approve the version. Another operator must.')
  if (version.hash !== facts.hash)
    return notAllowed('The hash is not that of the version. Read the version again.')
  if (version.effectiveAtMs < facts.nowMs + NOTICE_MS)
    return notAllowed(
      'The version takes effect in less than five minutes. Propose it again, for later.',
    )
  if (facts.isTaken) return notAllowed('Another approved version takes effect at the same instant.')
  if (facts.waiting >= MAX_WAITING)
    return notAllowed(`At most ${MAX_WAITING} approved versions can wait for their instant.`)
  if (facts.belowCost > 0)
    return notAllowed(`The prices of ${facts.belowCost} destinations are below their cost.`)
  if (version.author === facts.costsAuthor)
    return notAllowed(
      'The author of the version has set the costs. Another operator must set them.',
    )
  return ok(null)
}

/** Refuses `tariff_not_allowed`: an approved version can be withdrawn only while no isolate may use it yet. */
export function decideWithdrawal(version: TariffVersion, nowMs: number): Result<null> {
  if (version.state === 'withdrawn') return notAllowed('The version is withdrawn.')
  if (version.state === 'approved' && version.effectiveAtMs < nowMs + NOTICE_MS)
    return notAllowed(
      'The version is in effect, or takes effect in less than five minutes. Publish another version.',
    )
  return ok(null)
}

/** Refuses `tariff_not_allowed`: the instant must be in the future, but not too far. */
export function decideProposal(effectiveAtMs: number, drafts: number, nowMs: number): Result<null> {
  if (effectiveAtMs < nowMs + NOTICE_MS)
    return notAllowed('The version must take effect at least five minutes from now.')
  if (effectiveAtMs > nowMs + MAX_AHEAD_MS)
    return notAllowed('The version must take effect within 366 days.')
  if (drafts >= MAX_DRAFTS)
    return notAllowed(`At most ${MAX_DRAFTS} drafts are kept. Withdraw one first.`)
  return ok(null)
}

interface Effective {
  readonly effectiveAtMs: number
}

/**
 * Returns the version in effect at an instant, or `undefined` before the first. It depends on nothing else: effective
 * instants are unique, so exactly one version is the latest at each instant.
 * @param versions approved versions, in any order
 */
export const effectiveAt = <T extends Effective>(
  versions: readonly T[],
  atMs: number,
): T | undefined =>
  versions.reduce<T | undefined>(
    (latest, version) =>
      version.effectiveAtMs <= atMs && version.effectiveAtMs > (latest?.effectiveAtMs ?? -Infinity)
        ? version
        : latest,
    undefined,
  )

/** Returns the first effective instant after `atMs`, or `undefined`. */
export function nextChangeMs(versions: readonly Effective[], atMs: number): number | undefined {
  const later = versions.map(({ effectiveAtMs }) => effectiveAtMs).filter((ms) => ms > atMs)
  return later.length > 0 ? Math.min(...later) : undefined
}
