/** Audits of wallets, for tests of the audit. */
import { ZERO } from '../../src/common/money'
import { accountSums } from '../../src/wallets/core/ledger'
import type { WalletAudit } from '../../src/wallets/object/audit'

/** An empty wallet without a fault. */
export const SOUND: WalletAudit = {
  uuid: '',
  entries: 0,
  entryHash: 'h',
  postedKobo: ZERO,
  heldKobo: ZERO,
  openCalls: 0,
  balancesKobo: 0n,
  inTransitKobo: ZERO,
  sums: accountSums([]),
  chargedKobo: ZERO,
  paidKobo: {},
  refundedKobo: {},
  goodwillKobo: ZERO,
  debtKobo: ZERO,
  frozenAtMs: null,
  erasedAtMs: null,
  revision: 1,
  /** The projection is not compared. */
  projectedRevision: 0,
  faults: [],
}
