import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../scripts/aileana/operator'
import { isToken } from '../../scripts/aileana/operators/credential'
import { clientInfoOf } from '../../scripts/aileana/service-url'
import { formatTable } from '../../scripts/aileana/print-table'
import { noProxyFor, proxyOf, unreachable } from '../../scripts/aileana/request'

describe('a request of a tool', () => {
  it.each([
    ['localhost', undefined, 'localhost'],
    ['127.0.0.1', 'a.example', 'a.example,127.0.0.1'],
    ['127.0.0.2', '', '127.0.0.2'],
    ['[::1]', undefined, '[::1]'],
    ['api.localhost', undefined, 'api.localhost'],
    ['localhost', 'localhost, b', 'localhost, b'],
    ['localhost', '*', '*'],
    ['aileana.example', undefined, undefined],
    ['localhost.example', 'b', 'b'],
  ])('to %s with no_proxy %j changes it to %j', (host, before, after) => {
    expect(noProxyFor(host, before)).toBe(after)
  })

  const on = { NODE_USE_ENV_PROXY: '1' }
  it.each([
    [{ ...on, HTTPS_PROXY: 'http://u:secret@p:9' }, [], 'http://p:9'],
    [{ NODE_OPTIONS: '--use-env-proxy', https_proxy: 'http://p:9' }, [], 'http://p:9'],
    [{ https_proxy: 'http://p:9' }, ['--use-env-proxy'], 'http://p:9'],
    [{ https_proxy: 'http://p:9' }, [], undefined],
    [{ ...on, http_proxy: 'http://p:9' }, [], undefined],
    [{ ...on, https_proxy: 'http://p:9', NO_PROXY: 'x, a.example' }, [], undefined],
  ])('with environment %j and flags %j uses the proxy %s', (environment, flags, proxy) => {
    const url = new URL('https://a.example/x')
    expect(proxyOf(url, environment, flags)).toBe(proxy)
    expect(unreachable(url, proxy)).toContain(proxy ?? 'npm start')
  })
})

describe('the URL of the service', () => {
  it.each([
    ['http://localhost:8787', 'http://localhost:8787'],
    [' https://api.example/ ', 'https://api.example'],
  ])('%j is read as %s', (address, origin) => {
    expect(clientInfoOf(address)).toBe(origin)
  })

  it.each([
    ['localhost:8787', 'must be a URL'],
    ['api.example', 'must be a URL'],
    ['file:///x', 'must be a URL'],
    ['', 'must be a URL'],
    ['http://localhost:8787/x', 'must have only scheme, host and port'],
    ['https://api.example?x', 'must have only scheme, host and port'],
  ])('%j is rejected: it %s', (address, message) => {
    expect(() => clientInfoOf(address)).toThrow(message)
  })
})

it.each([
  ['p4Jm9sQv7Lx2-_.~+/=', true],
  ['abc\u200b', false],
  ['“abc”', false],
  ['"abc"', false],
  ["'abc'", false],
  ['a b', false],
  ['', false],
])('the key %j can be sent: %s', (token, isGood) => {
  expect(isToken(token)).toBe(isGood)
})

describe('an error of an operator’s tool', () => {
  it.each([
    [
      404,
      '{"detail":"Nothing of this kind has this name."}',
      'has no such payment, call, wallet, user, refund, proposal or exception',
      1,
    ],
    [404, '{"detail":"The resource does not exist."}', 'does not have this route', 2],
    [401, '{}', 'rejects this session or key. Run `npm run aileana -- log-in --url http://h`', 2],
    [500, 'x', 'returned status 500: x', 2],
  ])('%i with %s reports that the service %s', (status, text, message, exitCode) => {
    expect(refusalOf(status, text, new URL('http://h/operator/case'))).toMatchObject({
      message: expect.stringContaining(message),
      exitCode,
    })
  })
})

describe('a table', () => {
  it('has padded columns, right-aligned numbers, and no index or quotes', () => {
    const rows = [
      { account: 'gateway', NGN: '-1025.00', note: null },
      { account: 'wallet', NGN: 5, note: 'two\nlines' },
    ]
    expect(formatTable(rows, '')).toBe(
      ['account       NGN  note', 'gateway  -1025.00  -', 'wallet          5  two lines'].join(
        '\n',
      ),
    )
  })
})
