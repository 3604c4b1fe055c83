/** JSON that the operators' routes of tariffs return, for the pages of the back office. Amounts are whole kobo. */
import type { VersionState } from '../../tariffs/core/version'
import type { CallType } from '../../wallets/core/wallet'

export interface NamedOperator {
  readonly uuid: string
  readonly name: string
}

export interface VersionBody {
  readonly version: number
  readonly state: VersionState
  readonly is_in_effect: boolean
  readonly author: NamedOperator
  readonly approver: NamedOperator | null
  readonly withdrawer: NamedOperator | null
  readonly note: string
  readonly effective_at: string
  readonly proposed_at: string
  readonly approved_at: string | null
  readonly withdrawn_at: string | null
  readonly rows: number
  /** An approval names it. */
  readonly hash: string
}

export interface CostsBody {
  readonly author: NamedOperator
  readonly set_at: string
  readonly rows: number
  readonly hash: string
}

/** `GET /operator/tariffs` */
export interface VersionsBody {
  readonly versions: readonly VersionBody[]
  /** Value of `before` for the next page. */
  readonly next: number | null
  /** Null while the tariff of the setting is in effect. */
  readonly in_effect: number | null
  readonly costs: CostsBody | null
}

export interface RowBody {
  readonly id: string
  readonly prefix: string
  readonly type: CallType | null
  /** Null if the destination is forbidden. */
  readonly kobo_per_minute: number | null
  readonly unit_kobo: number
  readonly minimum_seconds: number
  readonly increment_seconds: number
  readonly setup_kobo: number
}

export interface BelowCostBody {
  readonly prefix: string
  readonly type: CallType
  readonly id: string
  readonly kobo_per_minute: number
  readonly cost_kobo_per_minute: number
}

export interface BelowCostsBody {
  readonly count: number
  /** The first hundred. */
  readonly first: readonly BelowCostBody[]
}

export interface CountsBody {
  readonly added: number
  readonly removed: number
  readonly changed: number
  /** Changed rows with a higher and with a lower price of a minute. */
  readonly dearer: number
  readonly cheaper: number
}

/** `POST /operator/tariffs` */
export interface DraftBody {
  readonly version: VersionBody
  readonly differences: CountsBody
  readonly below_cost: BelowCostsBody
}

/** `GET /operator/tariffs/{version}` */
export interface VersionRowsBody {
  readonly version: VersionBody
  readonly rows: readonly RowBody[]
  /** Value of `offset` for the next page. */
  readonly next: number | null
  readonly below_cost: BelowCostsBody
}

export interface DifferenceBody {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly before: RowBody | null
  readonly after: RowBody | null
}

/** `GET /operator/tariffs/{version}/differences` */
export interface DifferencesBody {
  readonly version: VersionBody
  /** Version that is in effect until then; null for the tariff of the setting. */
  readonly compared_with: number | null
  readonly counts: CountsBody
  readonly differences: readonly DifferenceBody[]
  readonly next: number | null
}

export interface PrefixTotalBody {
  readonly prefix: string | null
  readonly type: CallType
  readonly calls: number
  readonly charged_kobo: number
  readonly would_be_kobo: number
}

/** `POST /operator/tariffs/{version}/dry-run` */
export interface DryRunBody {
  readonly version: number
  /** Day in Lagos. */
  readonly day: string
  readonly calls: number
  readonly charged_kobo: number
  readonly would_be_kobo: number
  readonly dearer: number
  readonly cheaper: number
  readonly same: number
  readonly not_allowed: number
  /** Calls whose recipient was removed. They are in no other figure. */
  readonly without_number: number
  /** The run reached a bound: the figures are of a random part of the day's calls. */
  readonly is_partial: boolean
  readonly greatest: readonly PrefixTotalBody[]
}
