/** Query plans of the statements that a store prepares. */
import { env } from 'cloudflare:workers'
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'

/** @returns a database, and the plan of each statement that was prepared with it so far */
export function planned(): { db: DrizzleD1Database; plans: () => Promise<string[][]> } {
  const prepared: string[] = []
  const recording = new Proxy(env.DB, {
    get(target, name) {
      if (name === 'prepare')
        return (query: string) => {
          prepared.push(query)
          return target.prepare(query)
        }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const planOf = async (query: string) => {
    const values = Array.from({ length: query.split('?').length - 1 }, () => 20)
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${query}`)
      .bind(...values)
      .all<{ detail: string }>()
    return results.map(({ detail }) => detail)
  }
  return {
    db: drizzle(recording),
    plans: () => Promise.all(prepared.splice(0).map(planOf)),
  }
}
