/**
 * `npm run sessions:end -- --all`: ends all sessions of all users, who then log in again. It belongs
 * to the restore of D1: wallets refuse new tokens until the token versions in D1 are raised.
 * `--url https://…` names another place, with `OPERATOR_TOKEN` in the environment. It may be repeated.
 */
import { parseArgs } from 'node:util'
import { askAsOperator, fail } from './operator.ts'
import { HERE, clientInfoOf } from './service-url.ts'

interface Page {
  readonly users: number
  readonly next: string | null
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        url: { type: 'string', default: HERE },
        all: { type: 'boolean', default: false },
      },
    })
    return { all: values.all, origin: clientInfoOf(values.url) }
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

const { all, origin } = readFlags()
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
