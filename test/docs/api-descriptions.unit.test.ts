import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readClientMessage } from '../../src/rooms/core/client-message'
import { ERROR_CODES } from '../../src/rooms/core/outgoing'
import { readText, ROOT } from '../support/markdown'
import { TOOLS } from '../verification/api-tools/tools'

interface OpenApi {
  readonly paths: Record<string, Record<string, { readonly operationId: string }>>
}

const openapi = JSON.parse(readText('docs/openapi.json')) as OpenApi
const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
)

interface Step {
  readonly stepId: string
  readonly operationId: string
  readonly outputs?: Record<string, string>
}

interface Arazzo {
  readonly workflows: readonly [{ readonly steps: readonly Step[] }]
}

describe('the Arazzo description of a paid call', () => {
  const [{ steps }] = (parse(readText('docs/paid-call.arazzo.yaml')) as Arazzo).workflows

  it.each(steps)('has an existing operation at $stepId', ({ operationId }) => {
    const name = operationId.replace('$sourceDescriptions.api.', '')
    expect(operations.map((one) => one.operationId)).toContain(name)
  })

  it('uses only outputs of earlier steps', () => {
    const known = new Set<string>()
    for (const step of steps) {
      const { stepId, outputs = {}, ...used } = step
      for (const [, from, output] of JSON.stringify(used).matchAll(
        /\$steps\.(\w+)\.outputs\.(\w+)/g,
      ))
        expect(known, stepId).toContain(`${from}.${output}`)
      for (const output of Object.keys(outputs)) known.add(`${stepId}.${output}`)
    }
  })
})

interface SocketMessage {
  readonly payload: {
    readonly const?: string
    readonly properties?: { readonly type: { readonly const: string } }
  }
  readonly examples?: readonly { readonly payload: object }[]
}

interface Sockets {
  readonly operations: Record<string, { readonly messages: readonly { readonly $ref: string }[] }>
  readonly components: {
    readonly messages: Record<string, SocketMessage> & {
      readonly error: {
        readonly payload: { readonly properties: { readonly code: { readonly enum: string[] } } }
      }
    }
  }
}

describe('the AsyncAPI description of the sockets', () => {
  const { operations: socketOperations, components } = parse(
    readText('docs/sockets.asyncapi.yaml'),
  ) as Sockets
  const sent = (socketOperations['sendToRoom']?.messages ?? [])
    .map(({ $ref }) => $ref.split('/').at(-1) ?? '')
    .filter((name) => name !== 'ping')

  it.each(sent)('has an example of %s that a room accepts', (name) => {
    const [example] = components.messages[name]?.examples ?? []
    expect(readClientMessage(JSON.stringify(example?.payload))).toMatchObject({
      ok: true,
      message: { type: name },
    })
  })

  it('has every message that a room accepts', () => {
    const source = readText('src/rooms/core/client-message.ts')
    const types = [...source.matchAll(/type: z\.literal\('(\w+)'\)/g)].map(([, type]) => type)
    expect(new Set(sent)).toEqual(new Set(types))
  })

  it('has every code of an error', () => {
    expect(components.messages.error.payload.properties.code.enum).toEqual([...ERROR_CODES])
  })
})

describe('the Bruno collection', () => {
  const requests = globSync('docs/bruno/*.bru', { cwd: ROOT }).map((path) => readText(path))

  it('has only operations of the document', () => {
    expect(requests.length).toBeGreaterThan(10)
    const known = operations.map(
      ({ path, method }) => `${method} ${path.replaceAll(/{\w+}/g, '*')}`,
    )
    for (const text of requests) {
      const [, method = '', url = ''] =
        /^(get|post|patch) {\n {2}url: {{url}}(\S+)$/m.exec(text) ?? []
      expect(known).toContain(`${method} ${url.replace(/\?.*/, '').replaceAll(/{{\w+}}/g, '*')}`)
    }
  })

  it('asserts the status of each response', () => {
    for (const text of requests) expect(text).toMatch(/assert {\n {2}res\.status: eq \d{3}\n/)
  })
})

describe('each tool of `prove -- api-tools`', () => {
  const folder = join(ROOT, 'test/verification/api-tools')
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const { devDependencies } = read('package.json') as { devDependencies: Record<string, string> }
  const { packages } = read('package-lock.json') as { packages: Record<string, object> }

  it.each(TOOLS)('$package is pinned, and in the lock file', ({ package: name }) => {
    expect(devDependencies[name]).toMatch(/^(?:npm:\w+@)?\d+\.\d+\.\d+$/)
    expect(packages).toHaveProperty([`node_modules/${name}`])
  })
})
