/** Searches the log, D1 and the wallets for secrets. */
import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

/** Card details in the tests' events. */
export const CARD_NUMBER = '5060990580000217499'
export const CARD_TOKEN = 'MNFY_A1B2C3D4E5_CARD'

/** Nigerian phone number. The digits inside of a hash are none. */
export const PHONE_NUMBER = /\b234\d{10}\b/

const MAX_OBJECTS = 25

/** Secrets that a test has seen and that no store and no log may have, such as tokens of links. */
export const canaries = new Set<string>()

/** Hashes, UUIDs and Base64 are random: a pattern must not match inside of them. */
const SECRETS: Record<string, RegExp | string> = {
  /** Every password of the tests contains this word. */
  'a password': /\bhorse\b/,
  'a token': /eyJ[\w-]+\.eyJ/,
  /** Token of a session, a key or an invitation. */
  "an operator's token": /\bop[ski]_[\w-]{43}/,
  'an API key': /\baik_[\w-]{70}/,
  "an endpoint's secret": /\bwhsec_[A-Za-z0-9+/]{43}=/,
  'the signing secret': env.JWT_SECRET,
  "the gateway's secret": env.MONNIFY_SECRET_KEY,
  'a card number': CARD_NUMBER,
  'a card token': CARD_TOKEN,
}

/** A phone number is allowed in its call, but not in the log. */
const LOG_SECRETS = { ...SECRETS, 'a phone number': PHONE_NUMBER, 'an e-mail': /@example\.com/ }

/** First secret in a text, with its context. */
function findSecret(text: string, secrets: Record<string, RegExp | string>): string | undefined {
  for (const [name, secret] of Object.entries(secrets)) {
    const at = typeof secret === 'string' ? text.indexOf(secret) : text.search(secret)
    if (at >= 0) return `${name}: …${text.slice(Math.max(0, at - 200), at + 60)}…`
  }
  const canary = [...canaries].find((secret) => text.includes(secret))
  return canary && `a secret that a test has seen: ${canary}`
}

/** Content of D1, as text. @param except names of tables */
export async function dumpD1(except: readonly string[] = []): Promise<string> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>()
  const rows = await Promise.all(
    tables
      .filter(({ name }) => !except.includes(name))
      .map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()),
  )
  return JSON.stringify(rows.map(({ results }) => results))
}

/** Objects of earlier test files, which a shared worker still lists after their storage was deleted. */
export const listWallets = async (): Promise<ReadonlySet<string>> =>
  new Set((await listDurableObjectIds(env.WALLET)).map(String))

/** Names of all wallets that D1 knows, by the IDs of their objects. */
async function namesInD1(): Promise<ReadonlyMap<string, string>> {
  const { results } = await env.DB.prepare(
    `SELECT uuid || '/' || type AS name FROM users, (SELECT 'primary' AS type UNION SELECT 'call_credits')
      UNION SELECT user_uuid || '/' || type FROM wallets`,
  ).all<{ name: string }>()
  return new Map(results.map(({ name }) => [String(env.WALLET.idFromName(name)), name]))
}

/** Content of at most `MAX_OBJECTS` wallets, as text. An object that starts by its ID would have no name. */
export async function dumpWallets(earlier: ReadonlySet<string>): Promise<string> {
  const names = await namesInD1()
  const ids = await listDurableObjectIds(env.WALLET)
  const own = ids.filter((id) => !earlier.has(String(id)))
  const named = own.flatMap((id) => names.get(String(id)) ?? [])
  const dumps = named.slice(0, MAX_OBJECTS).map((name) =>
    runInDurableObject(env.WALLET.getByName(name), (_, { storage }) => {
      const tables = storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
        .toArray()
      return tables
        .filter(({ name: table }) => !table.startsWith('_cf'))
        .map(({ name: table }) =>
          JSON.stringify(storage.sql.exec(`SELECT * FROM "${table}"`).toArray()),
        )
        .join('\n')
    }),
  )
  return (await Promise.all(dumps)).join('\n')
}

/**
 * Searches everything that was logged and stored so far.
 * @param earlier wallets of earlier test files
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
