/** Probes of each part, which are cheap and store nothing. */
import journal from '../../migrations/meta/_journal.json'
import { requirePublicFetch } from '../common/public-fetch'
import type { Probes } from './readiness'

/** Last migration of this release. A database that has later ones is ready too. */
const LAST_MIGRATION = `${journal.entries.at(-1)?.tag}.sql`

const REMEDY =
  'Run `npm start`, or `npx wrangler d1 migrations apply DB` with --remote, or with --local and the --persist-to of `wrangler dev`.'

/** Wallet object for all probes. No user has the nil UUID (RFC 9562 section 5.9). */
const PROBED_WALLET = '00000000-0000-0000-0000-000000000000/call_credits'

type Name =
  | 'DB'
  | 'WALLET'
  | 'CHASE'
  | 'LIMITER'
  | 'FLOOD_GUARD'
  | 'USER_QUOTA'
  | 'SESSION_QUOTA'
  | 'ASSETS'
type Bindings = Partial<Pick<Env, Name>>

/** @throws an error that names the binding if it is missing */
function bound<N extends Name>(env: Bindings, name: N) {
  const binding = env[name]
  if (!binding) throw new Error(`the binding ${name} is missing`)
  return binding
}

/** Creates a probe for each binding. For bindings without an object of ours, it checks only presence. */
export const createProbes = (env: Bindings): Probes => ({
  database: async () => {
    const applied = bound(env, 'DB')
      .prepare('SELECT 1 FROM d1_migrations WHERE name = ?')
      .bind(LAST_MIGRATION)
    const isMissing = (error: unknown) => String(error).includes('no such table: d1_migrations')
    const row = await applied.first().catch((error: unknown) => {
      if (!isMissing(error)) throw error
      return null
    })
    if (!row) throw new Error(`${LAST_MIGRATION} has not been applied. ${REMEDY}`)
  },
  objects: async () => bound(env, 'LIMITER').getByName('ready').ping(),
  wallets: async () => bound(env, 'WALLET').getByName(PROBED_WALLET).ping(),
  polls: async () => bound(env, 'CHASE').getByName('ready').ping(),
  flood_guard: async () => {
    bound(env, 'FLOOD_GUARD')
  },
  quotas: async () => {
    bound(env, 'USER_QUOTA')
    bound(env, 'SESSION_QUOTA')
  },
  assets: async () => {
    bound(env, 'ASSETS')
  },
  public_fetch: async () => requirePublicFetch(),
})
