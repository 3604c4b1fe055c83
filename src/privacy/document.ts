/** Document of an export. Its long lists are read while it is sent. */
import type { Caller } from '../common/tokens/access-token'
import { presentPasskey } from '../auth/passkeys/schemas'
import { presentSession } from '../auth/schemas'
import { presentPayment } from '../payments/schemas'
import { presentRefund } from '../refunds/schemas'
import { presentUser } from '../users/schemas'
import type { User } from '../users/store'
import type { WalletType } from '../wallets/core/wallet'
import { presentTransaction } from '../wallets/schemas'
import { presentEndpoint } from '../events/endpoint-schemas'
import { presentEvent } from '../events/schemas'
import { presentKey } from '../keys/schemas'
import {
  exportedCalls,
  exportedDestinations,
  exportedEndpoints,
  exportedEntries,
  exportedEvents,
  exportedKeys,
  exportedMessages,
  exportedPasskeys,
  exportedPayments,
  exportedRefunds,
  exportedSessions,
  exportedStreamEvents,
  type ExportDeps,
} from './export'
import type { Streamed } from './json-text'
import {
  presentDestination,
  presentExportedCall,
  presentExportedEvent,
  presentExportedMessage,
} from './schemas'

async function* mapPages<T>(
  pages: AsyncIterable<readonly T[]>,
  present: (item: T) => object,
): AsyncGenerator<readonly unknown[]> {
  for await (const page of pages) yield page.map((item) => present(item))
}

/** @param user the caller's account */
export function exportDocument(
  deps: ExportDeps & { readonly now: () => number },
  caller: Caller,
  user: User,
): Streamed {
  const wallet = (type: WalletType): Streamed => {
    const name = { userUuid: caller.userUuid, type }
    return {
      transactions: mapPages(exportedEntries(deps, caller, name), presentTransaction),
      calls: mapPages(exportedCalls(deps, caller, name), presentExportedCall),
    }
  }
  return {
    exported_at: new Date(deps.now()).toISOString(),
    account: presentUser(user),
    sessions: mapPages(exportedSessions(deps, caller), (session) =>
      presentSession(session, caller.sessionUuid),
    ),
    passkeys: mapPages(exportedPasskeys(deps, caller), presentPasskey),
    messages: mapPages(exportedMessages(deps, caller), presentExportedMessage),
    payments: mapPages(exportedPayments(deps, caller), presentPayment),
    payment_events: mapPages(exportedEvents(deps, caller), presentExportedEvent),
    refunds: mapPages(exportedRefunds(deps, caller), presentRefund),
    refund_destinations: mapPages(exportedDestinations(deps, caller), presentDestination),
    primary: wallet('primary'),
    call_credits: wallet('call_credits'),
    api_keys: mapPages(exportedKeys(deps, caller), presentKey),
    endpoints: mapPages(exportedEndpoints(deps, caller), presentEndpoint),
    events: mapPages(exportedStreamEvents(deps, caller), presentEvent),
  }
}
