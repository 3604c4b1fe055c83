import { createRoute } from '@hono/zod-openapi'
import { guardByScope, type LiveScopeDeps, requireLiveScope } from '../http/authentication'
import { bearerOrKey, declareProblems, jsonContent } from '../http/declarations'
import { problemResponse } from '../http/problems'
import { type AppContext, createRouter } from '../http/router'
import { eventQuery, eventsSchema, presentEvent } from './schemas'
import { type EventStreamDeps, readEvents } from './service'

const list = createRoute({
  method: 'get',
  path: '/events',
  operationId: 'listEvents',
  tags: ['Events'],
  summary: 'List events',
  description:
    'Returns the events of your stream, oldest first. Events are kept for 30 days. The `Link` header always has the URL of the next page, also after an empty one: an empty page can be followed by others. With `wait`, the request returns as soon as an event arrives, or an empty page after that time.',
  security: bearerOrKey('events:read'),
  request: { query: eventQuery },
  responses: {
    200: jsonContent(eventsSchema, 'Page of events.', { headers: ['Link'] }),
    ...declareProblems(
      'validation_failed',
      'unauthenticated',
      'insufficient_scope',
      'no_stream',
      'too_many_polls',
      'rate_limited',
    ),
  },
})

/** Sets the `Link` header to the events after a number, with the other parameters of the request. */
function linkAfter(c: AppContext, after: number): void {
  const url = new URL(c.req.url)
  url.searchParams.set('after', String(after))
  c.header('Link', `<${url.pathname}${url.search}>; rel="next"`)
}

export function eventRoutes(deps: EventStreamDeps & LiveScopeDeps) {
  const router = createRouter()
  guardByScope(router, (scope) => requireLiveScope(deps, scope), [list])
  return router.openapi(list, async (c) => {
    const { after, limit, wait, types } = c.req.valid('query')
    const query = { after, limit, types, waitMs: wait * 1000, keyUuid: c.get('key')?.uuid }
    const page = await readEvents(deps, c.get('caller').userUuid, query)
    if (!page.ok) return problemResponse(c, page.refusal)
    linkAfter(c, page.value.next)
    return c.json(page.value.events.map(presentEvent), 200)
  })
}
