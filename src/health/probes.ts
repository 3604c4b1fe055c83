/** How each part is asked: as cheaply as it can show that it works. */
import journal from '../../migrations/meta/_journal.json'
import type { Probes } from './readiness'

/** The last migration that this code was built with. A database that is ahead of it is in order. */
const LAST_MIGRATION = `${journal.entries.at(-1)?.tag}.sql`

export const createProbes = ({ DB, LIMITER }: Pick<Env, 'DB' | 'LIMITER'>): Probes => ({
  database: async () => {
    const applied = DB.prepare('SELECT 1 FROM d1_migrations WHERE name = ?').bind(LAST_MIGRATION)
    if (!(await applied.first())) throw new Error(`${LAST_MIGRATION} has not been applied`)
  },
  objects: async () => LIMITER.getByName('ready').ping(),
})
