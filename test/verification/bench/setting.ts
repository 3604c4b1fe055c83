/** A running service and its floor, with funded users. */
import { randomBytes, randomUUID } from 'node:crypto'
import { createTokens } from '../../../src/common/tokens/access-token'
import { deriveKeys } from '../../../src/common/tokens/signing-keys'
import { type Hosts, startHosts } from './hosts'
import { MONNIFY_URL } from './monnify'
import { quiet } from './processes'
import { fund, type User, type World } from './world'

/** Charges one naira for any answered call, so that each posts an entry. */
const TARIFF = {
  id: 'bench',
  version: 1,
  rates: [{ id: 'everywhere', prefix: '+', kobo_per_minute: 1000, setup_kobo: 100 }],
}

const DAY_MS = 86_400_000

/** Settings that an operator could use, with the highest limits that the configuration allows. */
const varsOf = (secret: string, maxOpenCalls: number) => ({
  JWT_SECRET: secret,
  MONNIFY_API_KEY: 'MK_BENCH_API',
  MONNIFY_SECRET_KEY: randomBytes(24).toString('base64url'),
  MONNIFY_CONTRACT_CODE: '1000200030',
  MONNIFY_BASE_URL: MONNIFY_URL,
  LIMIT_CALLS: '1000/1s',
  LIMIT_PAYMENTS: '1000/1s',
  LIMIT_VERIFY: '1000/1s',
  CALL_MAX_OPEN: String(maxOpenCalls),
  TARIFF: JSON.stringify(TARIFF),
})

export interface Setting {
  readonly hosts: Hosts
  readonly world: World
  /** Waits until the runtimes are idle. */
  readonly quiet: () => Promise<void>
}

export interface SettingOptions {
  readonly users: number
  readonly maxOpenCalls: number
  readonly isInMemory: boolean
  readonly inspectorPort?: number | undefined
}

export async function setUp(options: SettingOptions): Promise<Setting> {
  const secret = randomBytes(48).toString('base64url')
  const users = await newUsers(options.users, secret)
  const order = {
    vars: varsOf(secret, options.maxOpenCalls),
    users: users.map(({ userUuid, sessionUuid }) => ({ userUuid, sessionUuid })),
    floorKey: Buffer.from(deriveKeys(secret).access).toString('base64'),
    inspectorPort: options.inspectorPort,
  }
  const hosts = await startHosts(order, options.isInMemory)
  const { service, floor } = hosts
  const world: World = { url: service.url, users, open: new Map() }
  try {
    await fund(world)
  } catch (error) {
    await hosts.stop()
    throw error
  }
  const pids = [service.pid, floor.pid].filter((pid) => pid !== undefined)
  return { hosts, world, quiet: () => quiet(pids) }
}

async function newUsers(count: number, secret: string): Promise<User[]> {
  const tokens = createTokens([secret], { access: DAY_MS, refresh: DAY_MS })
  const issuedAtMs = Date.now()
  const period = { issuedAtMs, expiresAtMs: issuedAtMs + DAY_MS }
  const users: User[] = []
  while (users.length < count) {
    const caller = { userUuid: randomUUID(), sessionUuid: randomUUID(), tokenVersion: 0 }
    const token = await tokens.signAccess(caller, period)
    users.push({
      ...caller,
      authorization: `Bearer ${token}`,
      walletUuid: '',
      toppedUpKobo: 0,
      chargedKobo: 0,
      lastCallUuid: undefined,
    })
  }
  return users
}
