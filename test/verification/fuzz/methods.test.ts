import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { asker, holdToConventions, newUser } from '../../support/client'
import { document, fill } from '../../support/documented'

const ask = asker((request) => exports.default.fetch(request))

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND']

const paths = Object.entries(document.paths).map(([path, of]) => {
  const declared = Object.keys(of).map((method) => method.toUpperCase())
  const allowed = declared.includes('GET') ? [...declared, 'HEAD'] : declared
  return { path, allowed, others: METHODS.filter((method) => !allowed.includes(method)) }
})

describe('an unsupported method', () => {
  it.each(paths)(
    'is rejected on $path, with the supported ones',
    async ({ path, allowed, others }) => {
      const { token } = await newUser()
      for (const method of others) {
        const answer = await ask(method, fill(path, crypto.randomUUID()), { token })
        const { status, headers } = answer
        if (method !== 'HEAD') holdToConventions(answer)
        expect(status, method).toBe(405)
        expect(headers.get('Allow')?.split(', ').sort(), method).toEqual(allowed.toSorted())
      }
    },
  )
})
