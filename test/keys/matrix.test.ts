/** Each route of the API document with keys: with its scope, with every other scope, revoked, and of the deployment. */
import { beforeAll, describe, expect, it } from 'vitest'
import { DEPLOYMENT_SCOPES, type Scope, USER_SCOPES } from '../../src/keys/scopes'
import { type Answer, newUser, type Send, type TestUser } from '../support/client'
import { type Operation, sampleOf, secured } from '../support/documented'
import { worldWith } from '../support/gateway'
import { newDeploymentKey, newKeyOf, revoke, type TestKey } from '../support/keys'

const world = worldWith({ hasDeploymentEvents: true })

/** Scope that the document names for a route. */
const scopeOf = ({ security }: Operation): Scope | undefined =>
  security.flatMap((one) => ('apiKey' in one ? (one.apiKey as Scope[]) : []))[0]

const scoped = secured.filter((operation) => scopeOf(operation) !== undefined)
const unscoped = secured.filter((operation) => scopeOf(operation) === undefined)

const named = (operations: readonly Operation[]) =>
  operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const)

const ask = (send: Send, operation: Operation): Promise<Answer> => {
  const { method, path, body } = sampleOf(operation)
  return send(method, path, { body })
}

function expectScopeRefused({ status, body, headers }: Answer, scope: Scope): void {
  expect({ status, code: body.code }).toEqual({ status: 403, code: 'insufficient_scope' })
  expect(body.detail).toBe(`The route requires the scope ${scope}.`)
  expect(headers.get('WWW-Authenticate')).toBe(
    `Bearer realm="aileana", error="insufficient_scope", scope="${scope}"`,
  )
}

const expectAdmitted = ({ status, body }: Answer): void => {
  expect([401, 403], `${status} ${body?.code}`).not.toContain(status)
}

describe('the scopes in the document', () => {
  it('are those of the design', () => {
    const table = Object.groupBy(scoped, (operation) => scopeOf(operation) ?? '')
    const names = Object.entries(table).map(([scope, operations]) => [
      scope,
      operations.map(({ operationId }) => operationId).toSorted(),
    ])
    expect(Object.fromEntries(names)).toMatchObject({
      'wallets:read': ['getSignedStatement', 'getWallet', 'listTransactions', 'listWallets'],
      'payments:read': ['getPayment', 'getPaymentReceipt', 'listPayments', 'listRefunds'],
      'payments:write': ['createPayment', 'verifyPayment'],
      'calls:read': ['createCallReceipt', 'getCall', 'listCalls', 'quoteCall'],
      'calls:write': ['answerCall', 'endCall', 'inviteToCall', 'issueTicket', 'startCall'],
    })
  })

  it('are in the description of each route', () => {
    for (const operation of scoped)
      expect(operation.description).toContain(
        `An API key needs the scope \`${scopeOf(operation)}\`.`,
      )
  })
})

interface Holders {
  readonly user: TestUser
  /** A key for each scope, with this scope only. */
  readonly only: ReadonlyMap<Scope, TestKey>
  /** A key for each scope, with all other scopes. */
  readonly without: ReadonlyMap<Scope, TestKey>
  readonly revoked: TestKey
  readonly ofDeployment: TestKey
}

/** Requests with these keys change nothing that another request needs, so all routes share them. */
let holders: Holders

beforeAll(async () => {
  const user = await newUser(world.send)
  const keys = async (scopesOf: (scope: Scope) => Scope[]) =>
    new Map(
      await Promise.all(
        USER_SCOPES.map(
          async (scope) => [scope, await newKeyOf(user, scopesOf(scope), world.send)] as const,
        ),
      ),
    )
  const only = await keys((scope) => [scope])
  const without = await keys((scope) => USER_SCOPES.filter((other) => other !== scope))
  const revoked = await newKeyOf(user, USER_SCOPES, world.send)
  await revoke(user, revoked.uuid)
  holders = { user, only, without, revoked, ofDeployment: await newDeploymentKey(world) }
})

const keyIn = (keys: ReadonlyMap<Scope, TestKey>, scope: Scope): Send => {
  const key = keys.get(scope)
  if (!key) throw new Error(`no key for ${scope}`)
  return key.send
}

describe.each(named(scoped))('%s', (_, operation) => {
  const scope = scopeOf(operation) as Scope

  it('accepts a session, and a key with its scope only', async () => {
    expectAdmitted(await ask(holders.user.send, operation))
    expectAdmitted(await ask(keyIn(holders.only, scope), operation))
  })

  it('refuses each key without its scope, and names it', async () => {
    const others = USER_SCOPES.filter((other) => other !== scope)
    for (const other of others)
      expectScopeRefused(await ask(keyIn(holders.only, other), operation), scope)
    expectScopeRefused(await ask(keyIn(holders.without, scope), operation), scope)
  })

  it('rejects a revoked key', async () => {
    const { status, body } = await ask(holders.revoked.send, operation)
    expect({ status, detail: body.detail }).toEqual({
      status: 401,
      detail: 'The API key is not valid: it is mistyped, or it was revoked.',
    })
  })

  it("admits the deployment's key only if its stream is behind the route", async () => {
    const answer = await ask(holders.ofDeployment.send, operation)
    if (DEPLOYMENT_SCOPES.some((own) => own === scope)) expectAdmitted(answer)
    else expectScopeRefused(answer, scope)
  })
})

describe.each(named(unscoped))('%s', (_, operation) => {
  it('accepts no key, and says so', async () => {
    for (const send of [keyIn(holders.only, 'wallets:read'), holders.ofDeployment.send]) {
      const { status, body } = await ask(send, operation)
      expect({ status, detail: body.detail }).toEqual({
        status: 401,
        detail: 'API keys are not accepted here. Send an access token from POST /auth/login.',
      })
    }
  })
})

describe('a stored scope that a key must not have', () => {
  it("opens no user's route to a key of the deployment", async () => {
    const keyUuid = crypto.randomUUID()
    const forged = { owner: 'deployment', keyUuid, scopes: USER_SCOPES, tokenVersion: 0 }
    const { send } = worldWith({ verifyKey: async () => forged })
    for (const operation of scoped) {
      const scope = scopeOf(operation) as Scope
      if (DEPLOYMENT_SCOPES.some((own) => own === scope)) continue
      const { method, path, body } = sampleOf(operation)
      expectScopeRefused(await send(method, path, { token: 'aik_any', body }), scope)
    }
  })
})

describe("a user's key", () => {
  it("finds nothing of another user's", async () => {
    const owner = await newUser(world.send)
    const { body: wallets } = await owner.send('GET', '/wallets')
    const key = await newKeyOf(await newUser(world.send), USER_SCOPES, world.send)
    for (const { uuid } of wallets)
      expect((await key.send('GET', `/wallets/${uuid}`)).status).toBe(404)
  })
})
