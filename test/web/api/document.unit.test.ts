import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type OpenApi,
  readOperations,
  rulesOf,
  type Schema,
  typeOf,
} from '../../../web/api/document'
import { curlOf, headersOf, pathOf } from '../../../web/api/request'

const path = join(import.meta.dirname, '../../../docs/openapi.json')
const document = JSON.parse(readFileSync(path, 'utf8')) as OpenApi
const operations = readOperations(document)
const operation = (id: string) => {
  const found = operations.find((one) => one.id === id)
  if (!found) throw new Error(`no operation ${id}`)
  return found
}

describe('the operations of the document', () => {
  it('are all shown, each with its problems and an example of its body', () => {
    const count = Object.values(document.paths).flatMap(Object.keys).length
    expect(operations).toHaveLength(count)
    for (const { id, failures, body } of operations) {
      expect(failures.length, id).toBeGreaterThan(0)
      if (body) expect(body.example, id).toEqual(expect.any(Object))
    }
  })

  it('need a token if they act for a user', () => {
    expect(operation('registerUser').needsToken).toBe(false)
    expect(operation('startCall').needsToken).toBe(true)
  })

  it('name each problem by its code, also those with several in one response', () => {
    const codes = operation('startCall').failures.map(({ code, status }) => `${status} ${code}`)
    expect(codes).toEqual(
      expect.arrayContaining(['400 insufficient_funds', '400 malformed_json', '429 rate_limited']),
    )
    expect(codes).toHaveLength(15)
  })
})

describe('a field', () => {
  it.each<[Schema, string, string]>([
    [{ type: 'string' }, 'string', ''],
    [{ type: 'string', format: 'uuid' }, 'uuid', ''],
    [{ type: ['string', 'null'] }, 'string or null', ''],
    [{ $ref: '#/components/schemas/Rate' }, 'Rate', ''],
    [{ anyOf: [{ $ref: '#/components/schemas/Rate' }, { type: 'null' }] }, 'Rate or null', ''],
    [{ type: 'array', items: { $ref: '#/components/schemas/Call' } }, 'list of Call', ''],
    [{ type: 'string', enum: ['a', 'b'], default: 'a' }, 'string', 'a, b; default "a"'],
    [{ type: 'integer', minimum: 1, maximum: 100 }, 'integer', 'at least 1; at most 100'],
    [{ type: 'integer', maximum: Number.MAX_SAFE_INTEGER }, 'integer', ''],
  ])('%j has the type %j and the rules %j', (schema, type, rules) => {
    expect(typeOf(schema)).toBe(type)
    expect(rulesOf(schema)).toBe(rules)
  })
})

describe('a filled request', () => {
  const values = { 'path/uuid': 'a/b', 'query/limit': '5', 'query/cursor': '' }

  it('has its parameters in the path and the query, without the empty ones', () => {
    const filled = { values, body: '', token: '' }
    expect(pathOf(operation('listTransactions'), filled)).toBe(
      '/wallets/a%2Fb/transactions?limit=5',
    )
  })

  it('has the token only where it is needed', () => {
    const filled = { values: { 'header/idempotency-key': 'k' }, body: '{}', token: 't' }
    expect(headersOf(operation('startCall'), filled)).toEqual({
      Authorization: 'Bearer t',
      'Content-Type': 'application/json',
      'idempotency-key': 'k',
    })
    expect(headersOf(operation('logIn'), filled)).toEqual({ 'Content-Type': 'application/json' })
  })

  it('is quoted for a shell', () => {
    const filled = { values: {}, body: `{"a":"it's"}`, token: '' }
    expect(curlOf(operation('logIn'), filled, 'http://localhost')).toBe(
      String.raw`curl -X POST 'http://localhost/auth/login' \
  -H 'Content-Type: application/json' \
  -d '{"a":"it'\''s"}'`,
    )
  })
})
