import { describe, expect, it } from 'vitest'
import { ok, refuse, type Result } from '../../src/common/result'
import { type OpenStreamDeps, openStream } from '../../src/events/service'
import { DEPLOYMENT } from '../../src/outbox/event'

const USER = '11111111-1111-4111-8111-111111111111'

function recorded(opened: Result<null> = ok(null)) {
  const steps: unknown[][] = []
  const deps = {
    streamOf: (owner: string) => ({
      open: async () => {
        steps.push(['open', owner])
        return opened
      },
    }),
    markStreamOpen: async (...args: unknown[]) => void steps.push(['D1', ...args]),
    markStreamed: async (...args: unknown[]) => void steps.push(['wallets', ...args]),
    now: () => 7,
  } as unknown as OpenStreamDeps
  return { steps, deps }
}

describe('opening a stream', () => {
  it('of a user reaches the stream before D1, and D1 before the wallets', async () => {
    const { steps, deps } = recorded()
    expect(await openStream(deps, USER)).toEqual(ok(null))
    expect(steps).toEqual([
      ['open', USER],
      ['D1', USER, 7],
      ['wallets', USER],
    ])
  })

  it('of the deployment reaches only the stream', async () => {
    const { steps, deps } = recorded()
    expect(await openStream(deps, DEPLOYMENT)).toEqual(ok(null))
    expect(steps).toEqual([['open', DEPLOYMENT]])
  })

  it('of an erased user is refused, and changes nothing else', async () => {
    const { steps, deps } = recorded(refuse({ code: 'no_stream' }))
    expect(await openStream(deps, USER)).toEqual(refuse({ code: 'no_stream' }))
    expect(steps).toEqual([['open', USER]])
  })
})
