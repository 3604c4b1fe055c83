/** Ends all sessions. After a restore of D1, wallets reject new tokens until token versions are raised. */
import { fail } from '../cli/program.ts'
import { askAsOperator } from './operator.ts'

export interface EndSessionsOptions {
  readonly url: string
  readonly all?: true
}

interface Page {
  readonly users: number
  readonly next: string | null
}

export async function endSessions({ url: origin, all }: EndSessionsOptions): Promise<void> {
  if (!all) fail('This ends the sessions of all users. Add --all to confirm.')
  let users = 0
  for (let after: string | null = ''; after !== null;) {
    const url = new URL('/operator/token-versions', origin)
    url.searchParams.set('after', after)
    const page = (await askAsOperator(url)) as Page
    users += page.users
    after = page.next
  }
  console.log(`The sessions of ${users} users have ended.`)
}
