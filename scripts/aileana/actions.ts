/** Operators' actions on users. The service records who acts, when and why. */
import { fail } from '../cli/program.ts'
import { askAsOperator } from './operator.ts'

export interface UserAction {
  readonly url: string
  readonly user: string
  readonly reason: string
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

interface Found {
  readonly customers: readonly { readonly uuid: string; readonly found_by: string }[]
}

/** Finds the UUID of a user who is named by an e-mail address or by the UUID. */
async function uuidOf(user: string, url: string): Promise<string> {
  if (UUID.test(user.trim())) return user.trim().toLowerCase()
  const body = { text: user }
  const { customers } = (await askAsOperator(new URL('/operator/search', url), { body })) as Found
  const uuids = new Set(
    customers.filter(({ found_by: by }) => by === 'email').map(({ uuid }) => uuid),
  )
  const [uuid, ...others] = uuids
  if (uuid === undefined) return fail(`${url} has no user with this e-mail address.`, 1)
  return others.length === 0
    ? uuid
    : fail(`${uuids.size} users match ${user}. Use the UUID of one of them.`)
}

export async function actOnUser(
  action: 'freeze' | 'unfreeze' | 'disable' | 'enable',
  { url, user, reason }: UserAction,
): Promise<void> {
  const uuid = await uuidOf(user, url)
  await askAsOperator(new URL(`/operator/customers/${uuid}/actions`, url), {
    body: { action, reason },
  })
  console.log(`${action}: done for ${user}.`)
}
