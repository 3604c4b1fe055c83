import { describe, expect, it } from 'vitest'
import { DEPLOYMENT_SCOPES, grants, needsStream, USER_SCOPES } from '../../src/keys/scopes'
import { DEPLOYMENT } from '../../src/outbox/event'

const USER = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'

describe("a user's key", () => {
  it.each(USER_SCOPES)('with %s has this scope and no other', (scope) => {
    const granted = USER_SCOPES.filter((other) => grants({ owner: USER, scopes: [scope] }, other))
    expect(granted).toEqual([scope])
  })

  it('without scopes has none, and an unknown scope grants nothing', () => {
    for (const scope of USER_SCOPES)
      expect(grants({ owner: USER, scopes: ['everything:write', ''] }, scope)).toBe(false)
  })
})

it("a key of the deployment has no user's scope, even if the scope was stored", () => {
  const granted = USER_SCOPES.filter((scope) =>
    grants({ owner: DEPLOYMENT, scopes: USER_SCOPES }, scope),
  )
  expect(granted).toEqual([...DEPLOYMENT_SCOPES])
})

it('only reading events and managing endpoints need a stream', () => {
  expect(USER_SCOPES.filter((scope) => needsStream([scope]))).toEqual([...DEPLOYMENT_SCOPES])
  expect(needsStream(['calls:read', 'events:read'])).toBe(true)
  expect(needsStream(['calls:read', 'payments:write'])).toBe(false)
})
