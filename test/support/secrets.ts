/** What must not be found where it does not belong, and all the places to look. */
import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

/** In the details of a card that events of the tests carry. */
export const CARD_NUMBER = '5060990580000217499'
export const CARD_TOKEN = 'MNFY_A1B2C3D4E5_CARD'

/** Every password of the tests has this word. */
const PASSWORD_WORD = 'horse'
const MAX_OBJECTS = 25

const SECRETS: Record<string, RegExp | string> = {
  'a password': PASSWORD_WORD,
  'a token': /eyJ[\w-]+\.eyJ/,
  'the signing secret': env.JWT_SECRET,
  "the gateway's secret": env.MONNIFY_SECRET_KEY,
  'a card number': CARD_NUMBER,
  'a card token': CARD_TOKEN,
}

/** A phone number belongs to its call, and to no log. */
const LOG_SECRETS = { ...SECRETS, 'a phone number': /234\d{10}\b/, 'an e-mail': /@example\.com/ }

/** The first secret that a text holds, with what is around it. */
function findSecret(text: string, secrets: Record<string, RegExp | string>): string | undefined {
  for (const [name, secret] of Object.entries(secrets)) {
    const at = typeof secret === 'string' ? text.indexOf(secret) : text.search(secret)
    if (at >= 0) return `${name}: …${text.slice(Math.max(0, at - 200), at + 60)}…`
  }
  return undefined
}

/** Everything that D1 holds, as text. */
export async function dumpD1(): Promise<string> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>()
  const rows = await Promise.all(
    tables.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()),
  )
  return JSON.stringify(rows.map(({ results }) => results))
}

/** Objects of earlier test files: a shared worker lists them after their storage is deleted. */
export const listWallets = async (): Promise<ReadonlySet<string>> =>
  new Set((await listDurableObjectIds(env.WALLET)).map(String))

/** Everything that some of the wallets hold, as text. */
async function dumpWallets(earlier: ReadonlySet<string>): Promise<string> {
  const ids = await listDurableObjectIds(env.WALLET)
  const own = ids.filter((id) => !earlier.has(String(id)))
  const dumps = own.slice(0, MAX_OBJECTS).map((id) =>
    runInDurableObject(env.WALLET.get(id), (_, { storage }) => {
      const tables = storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
        .toArray()
      return tables
        .filter(({ name }) => !name.startsWith('_cf'))
        .map(({ name }) => JSON.stringify(storage.sql.exec(`SELECT * FROM "${name}"`).toArray()))
        .join('\n')
    }),
  )
  return (await Promise.all(dumps)).join('\n')
}

/**
 * Looks for secrets in what was logged and stored so far.
 * @param earlier the wallets of earlier test files
 */
export async function findLeak(
  lines: readonly string[],
  earlier: ReadonlySet<string> = new Set(),
): Promise<string | undefined> {
  const logged = findSecret(lines.join('\n'), LOG_SECRETS)
  if (logged) return `in the log, ${logged}`
  const inD1 = findSecret(await dumpD1(), SECRETS)
  if (inD1) return `in D1, ${inD1}`
  const inWallets = findSecret(await dumpWallets(earlier), SECRETS)
  return inWallets && `in a wallet, ${inWallets}`
}
