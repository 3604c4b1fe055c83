/** The app with dummy bindings: it declares its routes but can serve no request. */
import { randomBytes } from 'node:crypto'
import { createApp } from '../../src/app'
import { createDeps } from '../../src/deps'

const unused = (): never => {
  throw new Error('A described app serves no request.')
}

const rateLimit = { limit: unused }

const namespace = {
  newUniqueId: unused,
  idFromName: unused,
  idFromString: unused,
  get: unused,
  getByName: unused,
  jurisdiction: unused,
}

const bindings: Env = {
  DB: { prepare: unused, batch: unused, exec: unused, withSession: unused, dump: unused },
  ASSETS: { fetch: unused, connect: unused },
  FLOOD_GUARD: rateLimit,
  USER_QUOTA: rateLimit,
  SESSION_QUOTA: rateLimit,
  WALLET: namespace,
  CHASE: namespace,
  LIMITER: namespace,
  ROOM: namespace,
  NUMBERS: namespace,
  TARIFFS: namespace,
  STREAM: namespace,
  MONNIFY_BASE_URL: 'https://api.monnify.com',
}

const secret = (): string => randomBytes(48).toString('base64url')

const settings = () => ({
  JWT_SECRET: secret(),
  MONNIFY_API_KEY: `MK_TEST_${randomBytes(8).toString('hex')}`,
  MONNIFY_SECRET_KEY: secret(),
  MONNIFY_CONTRACT_CODE: '1000200030',
})

export const describedApp = () => createApp(createDeps({ ...bindings, ...settings() }))
