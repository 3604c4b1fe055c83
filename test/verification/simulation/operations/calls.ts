/** Operations of users on calls and wallets. */
import {
  answerCall,
  endCall,
  getCall,
  listCalls,
  quoteCall,
  startCall,
} from '../../../../src/calls/service'
import { idempotencyOf } from '../../../../src/common/idempotency'
import { HANG_UP_REASONS } from '../../../../src/wallets/core/wallet'
import {
  getWallet,
  listTransactions,
  listWallets,
  markStreamed,
  openWallets,
  revokeTokens,
} from '../../../../src/wallets/service'
import { hold } from '../auditor/violation'
import { type Random, uuidFrom } from '../../support/random'
import { userRow, welcomeOf } from '../../../support/new-user'
import { PHONES } from '../scenery'
import type { User, World } from '../world'
import { allow, asked, codeOf, UNKNOWN } from './outcome'

export async function register(world: World, random: Random): Promise<string> {
  if (world.users.length >= world.scenery.people) return openStream(world, random)
  const uuid = uuidFrom(random)
  const session = { userUuid: uuid, sessionUuid: uuidFrom(random), tokenVersion: 0 }
  const email = `${uuid}@example.com`
  const inserted = await asked(world, () =>
    world.userStore.insert(userRow(uuid, email), welcomeOf(uuid)),
  )
  if (
    inserted !== true &&
    world.d1.rows('SELECT uuid FROM users WHERE uuid = ?', uuid).length === 0
  )
    return 'not registered'
  world.users.push({ uuid, session })
  const opened = await asked(world, () => openWallets(world.deps, uuid))
  return opened === UNKNOWN ? UNKNOWN : 'registered'
}

/** A user who is already there opens a stream. */
async function openStream(world: World, random: Random): Promise<string> {
  if (!world.streams.owners.users) return 'nobody'
  const { uuid } = world.user(random)
  const opened = await asked(world, () => markStreamed(world.deps, uuid))
  return opened === UNKNOWN ? UNKNOWN : 'streamed'
}

interface CallOrder {
  readonly recipientPhone: string
  readonly type: 'audio' | 'video'
  readonly recipientName: null
}

const KEYS = 40

export async function initiate(world: World, random: Random): Promise<string> {
  const user = world.user(random)
  const index = random.below(KEYS)
  const key = random.chance(0.6) ? `call key ${index}` : undefined
  const isUsual = key !== undefined && random.chance(0.85)
  const callee: CallOrder = {
    recipientPhone: PHONES[isUsual ? index % PHONES.length : random.below(PHONES.length)] ?? '+234',
    type: isUsual ? 'audio' : random.pick(['audio', 'video']),
    recipientName: null,
  }
  return initiateWith(world, user, callee, key)
}

async function initiateWith(
  world: World,
  user: User,
  callee: CallOrder,
  key: string | undefined,
): Promise<string> {
  const started = await asked(world, () =>
    startCall(world.deps, user.session, callee, idempotencyOf(key, callee)),
  )
  if (started === UNKNOWN) {
    const again = () => initiateWith(world, user, callee, key)
    if (key) world.unresolved.push({ what: 'initiate', again })
    return UNKNOWN
  }
  const { result } = started
  const isForbidden = world.scenery.tariff !== undefined && callee.recipientPhone.startsWith('+7')
  hold(
    isForbidden === (!result.ok && result.refusal.code === 'destination_not_allowed'),
    () => `a call to ${callee.recipientPhone}: ${codeOf(result)}`,
  )
  if (result.ok && !result.value.replayed)
    world.calls.push({ user, uuid: result.value.answer.uuid })
  return codeOf(result)
}

/** Picks mostly one of the user's latest calls, sometimes another user's. */
function callOf(world: World, random: Random): { user: User; uuid: string } {
  const recent = world.calls.slice(-8)
  const call = random.pickOrNone(random.chance(0.9) ? recent : world.calls)
  const user = call && random.chance(0.95) ? call.user : world.user(random)
  return { user, uuid: call?.uuid ?? uuidFrom(random) }
}

export async function answer(world: World, random: Random): Promise<string> {
  const { user, uuid } = callOf(world, random)
  const answered = await asked(world, () => answerCall(world.deps, user.session, uuid))
  return answered === UNKNOWN ? UNKNOWN : codeOf(answered)
}

export async function end(world: World, random: Random): Promise<string> {
  const { user, uuid } = callOf(world, random)
  return endWith(world, user, uuid, random.pick([...HANG_UP_REASONS, 'hangup', 'hangup']))
}

async function endWith(
  world: World,
  user: User,
  uuid: string,
  reason: (typeof HANG_UP_REASONS)[number],
): Promise<string> {
  const ended = await asked(world, () => endCall(world.deps, user.session, uuid, reason))
  if (ended !== UNKNOWN) return codeOf(ended)
  world.unresolved.push({ what: 'end', again: () => endWith(world, user, uuid, reason) })
  return UNKNOWN
}

export async function read(world: World, random: Random): Promise<string> {
  const { user, uuid } = callOf(world, random)
  const { deps } = world
  const { session } = user
  const callee = { recipientPhone: random.pick(PHONES), type: 'audio' } as const
  const walletUuid = async () => {
    const wallets = await listWallets(deps, session)
    return wallets.ok ? (random.pick(wallets.value).uuid ?? '') : uuidFrom(random)
  }
  const reads: (() => Promise<{ ok: boolean }>)[] = [
    () => getCall(deps, session, uuid),
    () => listCalls(deps, session, { limit: random.between(1, 5) }),
    () => quoteCall(deps, session, callee),
    ...(world.isShared
      ? []
      : [
          () => listWallets(deps, session),
          async () => getWallet(deps, session, await walletUuid()),
          async () => listTransactions(deps, session, await walletUuid(), { limit: 3 }),
          () => getWallet(deps, session, uuidFrom(random)),
        ]),
  ]
  const result = await asked(world, random.pick(reads))
  if (result === UNKNOWN) return UNKNOWN
  const known = ['ok', 'not_found', 'unauthenticated', 'destination_not_allowed']
  return allow('a read', codeOf(result), known)
}

/** Ends one or all sessions of a user, who then logs in again. */
export async function endSession(world: World, random: Random): Promise<string> {
  const user = world.user(random)
  const { uuid, session } = user
  const isOne = random.chance(0.6)
  const refusal = isOne
    ? { sessionUuid: session.sessionUuid, untilMs: Date.now() + random.below(100_000) }
    : { minVersion: session.tokenVersion + 1 }
  const told = await asked(world, () => revokeTokens(world.deps, uuid, refusal))
  if (told === UNKNOWN || random.chance(0.2)) return UNKNOWN
  const tokenVersion = session.tokenVersion + (isOne ? 0 : 1)
  user.session = { userUuid: uuid, sessionUuid: uuidFrom(random), tokenVersion }
  return 'ended'
}
