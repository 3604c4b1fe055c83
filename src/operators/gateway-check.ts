import { ok, type Result } from '../common/result'
import type { Gateway } from '../payments/monnify/client'

/** Reference in our form that no payment has. */
const UNUSED_REFERENCE = `AIL-${'0'.repeat(32)}_a1`

export interface GatewayCheckDeps {
  readonly gateway: Gateway
}

/** Checks Monnify's credentials by querying a payment that does not exist. Refuses `gateway_unavailable`. */
export async function checkGateway({ gateway }: GatewayCheckDeps): Promise<Result<'accepted'>> {
  const queried = await gateway.query(UNUSED_REFERENCE)
  return queried.ok ? ok('accepted') : queried
}
