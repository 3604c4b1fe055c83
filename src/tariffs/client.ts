/** Commands of the `Tariffs` object, as the Worker sends them. */
import type { Result } from '../common/result'
import type { BelowCost } from './core/costs'
import type { CostRow } from './core/csv'
import type { TariffVersion } from './core/version'
import {
  type Content,
  type CopiedVersion,
  type ProposedRows,
  type Tariffs,
  TARIFFS_NAME,
} from './tariffs-object'
import type { StoredCosts } from './tariff-storage'

export interface TariffsClient {
  readonly propose: (proposed: ProposedRows) => Promise<Result<TariffVersion>>
  readonly approve: (
    version: number,
    approver: string,
    hash: string,
  ) => Promise<Result<TariffVersion>>
  readonly withdraw: (version: number, withdrawer: string) => Promise<Result<TariffVersion>>
  readonly list: (before: number, limit: number) => Promise<TariffVersion[]>
  readonly read: (version: number) => Promise<Result<Content>>
  /** The version that is in effect until a draft takes effect; null if there is none. */
  readonly readBefore: (effectiveAtMs: number) => Promise<Content | null>
  readonly belowCost: (version: number) => Promise<BelowCost[]>
  readonly setCosts: (author: string, costs: readonly CostRow[]) => Promise<Result<StoredCosts>>
  readonly costs: () => Promise<StoredCosts | null>
  readonly copy: (known: readonly string[]) => Promise<CopiedVersion[]>
}

export function createTariffsClient(namespace: DurableObjectNamespace<Tariffs>): TariffsClient {
  const stub = () => namespace.getByName(TARIFFS_NAME)
  return {
    propose: async (proposed) => stub().propose(proposed),
    approve: async (version, approver, hash) => stub().approve(version, approver, hash),
    withdraw: async (version, withdrawer) => stub().withdraw(version, withdrawer),
    list: async (before, limit) => stub().list(before, limit),
    read: async (version) => stub().read(version),
    readBefore: async (effectiveAtMs) => stub().readBefore(effectiveAtMs),
    belowCost: async (version) => stub().belowCost(version),
    setCosts: async (author, costs) => stub().setCosts(author, [...costs]),
    costs: async () => stub().costs(),
    copy: async (known) => stub().copy([...known]),
  }
}
