/** Plans erasures again that a restore of D1 has undone. */
import { fail } from '../cli/program.ts'
import { askAsOperator } from './operator.ts'

export interface EraseAgainOptions {
  readonly url: string
  readonly all?: true
}

interface Page {
  readonly users: number
  readonly repeated: readonly string[]
  readonly next: string | null
}

export async function eraseAgain({ url: origin, all }: EraseAgainOptions): Promise<void> {
  if (!all) fail('This queries the wallets of all users. Add --all to confirm.')
  let users = 0
  let repeated = 0
  for (let after: string | null = ''; after !== null;) {
    const url = new URL('/operator/erasures', origin)
    url.searchParams.set('after', after)
    const page = (await askAsOperator(url)) as Page
    users += page.users
    repeated += page.repeated.length
    for (const uuid of page.repeated) console.log(uuid)
    after = page.next
  }
  console.log(`Of ${users} users, ${repeated} will be erased again by the cron job.`)
}
