import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isRelayComplete, relayAccessOf, relayFields } from '../../../src/rooms/relay/settings'
import { RELAY_TOKEN } from '../../support/relay-client'

const schema = z.object(relayFields)
const set = { RELAY_KEY_ID: 'k1', RELAY_TOKEN }

describe("the relay's settings", () => {
  it.each([
    [{}, undefined],
    [{ RELAY_KEY_ID: ' ', RELAY_TOKEN: '' }, undefined],
    [set, { baseUrl: 'https://rtc.live.cloudflare.com/v1', keyId: 'k1', token: RELAY_TOKEN }],
  ])('%j give the access %j', (env, access) => {
    expect(relayAccessOf(schema.parse(env))).toEqual(access)
  })

  it.each([
    [{}, true],
    [set, true],
    [{ RELAY_KEY_ID: 'k1' }, false],
    [{ RELAY_TOKEN }, false],
  ])('%j are complete: %s', (env, complete) => {
    expect(isRelayComplete(schema.parse(env))).toBe(complete)
  })

  it.each([
    ['https://relay.example.com', 'https://relay.example.com'],
    ['https://relay.example.com/v1/ ', 'https://relay.example.com/v1'],
    ['http://127.0.0.1:8790', 'http://127.0.0.1:8790'],
    ['http://localhost:8790/v1', 'http://localhost:8790/v1'],
    ['http://[::1]:8790', 'http://[::1]:8790'],
  ])('have the URL %s, which is read as %s', (url, expected) => {
    expect(schema.parse({ RELAY_URL: url }).RELAY_URL).toBe(expected)
  })

  it.each([
    ['RELAY_URL', 'http://relay.example.com', 'https URL'],
    ['RELAY_URL', 'https://me:pw@relay.example.com', 'https URL'],
    ['RELAY_URL', 'https://relay.example.com/v1?x=1', 'https URL'],
    ['RELAY_URL', 'https://relay.example.com/v1#x', 'https URL'],
    ['RELAY_URL', 'https://relay.example.com/a b', 'https URL'],
    ['RELAY_URL', 'relay.example.com', 'https URL'],
    ['RELAY_KEY_ID', 'a/b', 'at most 64'],
    ['RELAY_KEY_ID', 'kid-'.repeat(17), 'at most 64'],
    ['RELAY_KEY_ID', 'todo', 'is a placeholder'],
    ['RELAY_TOKEN', RELAY_TOKEN.slice(0, 31), 'at least 32 bytes'],
    ['RELAY_TOKEN', `change-me-${RELAY_TOKEN}`, 'is a placeholder'],
  ])('reject %s such as %j', (name, value, message) => {
    expect(schema.safeParse({ [name]: value }).error?.issues[0]?.message).toContain(message)
  })
})
