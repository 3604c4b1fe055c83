import { afterEach, describe, expect, it, vi } from 'vitest'
import { readConfig, RETIRED_SETTINGS, SETTINGS } from '../../../src/config'
import {
  editDistance,
  unknownSettings,
  warnOfUnknownSettings,
} from '../../../src/common/settings/unknown'

const SECRET = 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'
const good = {
  JWT_SECRET: SECRET,
  MONNIFY_API_KEY: 'MK_PROD_A1B2C3D4E5',
  MONNIFY_SECRET_KEY: 'ZK4M8W2Q6T1R9Y3U5P7S',
  MONNIFY_CONTRACT_CODE: '1000200030',
}
const messageOf = (env: object): string => {
  try {
    readConfig({ ...good, ...env })
  } catch (error) {
    return String(error)
  }
  return 'accepted'
}

describe('a value', () => {
  it.each([
    ['JWT_SECRET', SECRET, SECRET],
    ['JWT_SECRET_PREVIOUS', SECRET.toUpperCase(), SECRET.toUpperCase()],
    ['OPERATOR_BOOTSTRAP_SECRET', `${SECRET}-x`, `${SECRET}-x`],
    ['MONNIFY_API_KEY', 'MK_PROD_A1B2', 'MK_PROD_A1B2'],
    ['MONNIFY_SECRET_KEY', 'ZK4M8W2Q', 'ZK4M8W2Q'],
    ['MONNIFY_CONTRACT_CODE', '1000200030', '1000200030'],
    ['MONNIFY_BASE_URL', 'https://sandbox.monnify.com', 'https://sandbox.monnify.com'],
    ['PAYMENT_REDIRECT_URL', 'https://shop.example/paid?x=1', 'https://shop.example/paid?x=1'],
    ['JWT_EXPIRES_IN', '2h', 7_200_000],
    ['REFRESH_GRACE', '0s', 0],
    ['CALL_MAX_DURATION', '7d', 604_800_000],
    ['CALL_MAX_OPEN', '7', 7],
    ['DEFAULT_COUNTRY', 'GB', 'GB'],
    ['LIMIT_CALLS', '2/1m', { quota: 2, windowMs: 60_000 }],
    [
      'ALLOWED_ORIGINS',
      'https://a.example, https://b.example:8443',
      ['https://a.example', 'https://b.example:8443'],
    ],
    ['MONNIFY_WEBHOOK_ADDRESSES', '35.242.133.146\n10.0.0.0/8', ['35.242.133.146', '10.0.0.0/8']],
    ['MONNIFY_SIMULATOR', 'on', 'on'],
    ['SIMULATED_CUSTOMER', 'waits', 'waits'],
    ['TARIFF', '{"id":"a"}', '{"id":"a"}'],
  ])('of %s is read without surrounding spaces and line breaks', (name, value, expected) => {
    for (const given of [
      value,
      `${value}\n`,
      ` ${value}`,
      `\t${value}\r\n`,
      `\uFEFF${value}\u00A0`,
    ])
      expect(readConfig({ ...good, [name]: given }), given).toMatchObject({ [name]: expected })
  })

  it.each(SETTINGS.filter((name) => !(name in good)))(
    'of %s that is empty or blank counts as not set',
    (name) => {
      for (const value of ['', ' ', '\n'])
        expect(readConfig({ ...good, [name]: value })).toEqual(readConfig(good))
    },
  )

  it.each(Object.keys(good))('of %s that is empty or blank is missing', (name) => {
    for (const value of ['', ' ', '\n'])
      expect(messageOf({ [name]: value })).toContain(`${name} is missing`)
  })

  it.each(SETTINGS.filter((name) => name !== 'TARIFF'))('of %s in quotes is rejected', (name) => {
    for (const quote of ['"', "'", '`'])
      expect(messageOf({ [name]: `${quote}${SECRET}${quote}\n` })).toContain(name)
  })

  it.each([
    ['JWT_SECRET', `"${SECRET}"`, 'quotation mark'],
    ['MONNIFY_SECRET_KEY', `ZK4M8W2Q'`, 'quotation mark'],
    ['CALL_MAX_OPEN', '"5"', 'quotation mark'],
    ['ALLOWED_ORIGINS', '"https://a.example"', 'quotation mark'],
    ['JWT_SECRET', `${SECRET}\n${SECRET}`, 'line break'],
    ['JWT_SECRET_PREVIOUS', `${SECRET}\u0000x`, 'control character'],
    ['MONNIFY_SECRET_KEY', 'ZK4M8W2Q\nZK4M8W2Q', 'line break'],
    ['MONNIFY_API_KEY', 'MK_PROD_\u007FA1', 'control character'],
    ['JWT_SECRET', `${SECRET}é`, 'not ASCII'],
    ['MONNIFY_API_KEY', 'MK_PR\u200BOD', 'not ASCII'],
    ['MONNIFY_CONTRACT_CODE', '10002\u00A000030', 'not ASCII'],
    ['MONNIFY_SECRET_KEY', '“ZK4M8W2Q”', 'not ASCII'],
    ['MONNIFY_SECRET_KEY', 'ZK4M 8W2Q', 'contains a space'],
    ['MONNIFY_CONTRACT_CODE', '1000 200 030', 'contains a space'],
    ['RELAY_TOKEN', `${SECRET} ${SECRET}`, 'contains a space'],
    ['MONNIFY_API_KEY', 'MK_PROD:secret', 'contains a colon'],
    ['JWT_SECRET', `${SECRET.slice(0, 31)}          `, 'at least 32 bytes'],
    ['JWT_SECRET', ' change-me-change-me-change-me-change-me\n', 'is a placeholder'],
    ['JWT_SECRET_PREVIOUS', `${SECRET}\n`, 'must differ'],
    ['OPERATOR_BOOTSTRAP_SECRET', SECRET, 'must differ from JWT_SECRET'],
    ['OPERATOR_BOOTSTRAP_SECRET', `${SECRET} ${SECRET}`, 'contains a space'],
    ['ACCESS_TEAM_DOMAIN', 'https://team.cloudflareaccess.com', 'require each other'],
    ['ACCESS_TEAM_DOMAIN', 'http://team.cloudflareaccess.com', 'https'],
    ['ACCESS_TEAM_DOMAIN', 'https://team.cloudflareaccess.com/cdn-cgi', 'without a path'],
    ['ACCESS_AUDIENCE', 'a b', 'contains a space'],
    ['MONNIFY_SECRET_KEY', '****************', 'is a placeholder'],
    ['MONNIFY_SECRET_KEY', 'TODO', 'is a placeholder'],
    ['MONNIFY_API_KEY', 'undefined', 'is a placeholder'],
    ['MONNIFY_CONTRACT_CODE', 'null', 'is a placeholder'],
    ['MONNIFY_BASE_URL', 'https://api.monnify.com/api', 'without a path'],
    ['MONNIFY_BASE_URL', 'https://api.monnify.com/?', 'without a path'],
    ['MONNIFY_BASE_URL', 'https://api.monnify.com?x=1', 'without a path'],
    ['MONNIFY_BASE_URL', 'https://api.monnify.com/#', 'without a path'],
    ['MONNIFY_BASE_URL', 'https://me@api.monnify.com', 'without a path'],
    ['MONNIFY_BASE_URL', 'https://api.\nmonnify.com', 'line break'],
    ['MONNIFY_BASE_URL', 'https://', 'https'],
    ['MONNIFY_BASE_URL', 'ftp://api.monnify.com', 'https'],
    ['PAYMENT_REDIRECT_URL', 'javascript:alert(1)', 'https'],
    ['PAYMENT_REDIRECT_URL', 'https://me@shop.example/', 'no user'],
    ['PAYMENT_REDIRECT_URL', 'https://shop.example/a\tb', 'control character'],
    ['PAYMENT_REDIRECT_URL', 'shop.example', 'https'],
    ['ALLOWED_ORIGINS', 'https://a.example/app', 'origins'],
    ['ALLOWED_ORIGINS', '*', 'origins'],
    ['ALLOWED_ORIGINS', 'https://*.example.com', 'origins'],
    ['ALLOWED_ORIGINS', 'a.example', 'origins'],
    ['CALL_MAX_OPEN', '1e2', 'whole number'],
    ['CALL_MAX_OPEN', '0x10', 'whole number'],
    ['CALL_MAX_OPEN', '5.0', 'whole number'],
    ['CALL_MAX_OPEN', '+5', 'whole number'],
    ['CALL_MAX_OPEN', '05', 'whole number'],
    ['CALL_MAX_OPEN', '-5', 'whole number'],
    ['CALL_MAX_OPEN', '٥', 'whole number'],
    ['CALL_MAX_OPEN', '0', 'at least 1'],
    ['CALL_MAX_OPEN', '101', 'at most 100'],
    ['CALL_MAX_OPEN', 5.5, 'whole number'],
    ['CALL_MAX_OPEN', true, 'must be a string'],
    ['CALL_MAX_DURATION', '8d', 'at most 7d'],
    ['REFRESH_GRACE', '11m', 'at most 10m'],
    ['JWT_EXPIRES_IN', '24 h', 'duration'],
    ['LIMIT_CALLS', '2 / 1m', 'a rate'],
    ['DEFAULT_COUNTRY', 'ng', 'two capital letters'],
    ['ALLOWED_ORIGINS', ['https://a.example'], 'must be a string'],
  ])('of %s such as %j is rejected with an error that names the setting', (name, value, said) => {
    expect(messageOf({ [name]: value })).toContain(name)
    expect(messageOf({ [name]: value })).toContain(said)
  })

  it.each([
    ['MONNIFY_BASE_URL', 'https://api.monnify.com/', 'https://api.monnify.com'],
    ['MONNIFY_BASE_URL', 'https://api.monnify.com//\n', 'https://api.monnify.com'],
    ['MONNIFY_BASE_URL', 'HTTPS://API.Monnify.com:443/', 'https://api.monnify.com'],
    ['ALLOWED_ORIGINS', 'https://App.Example/ ,', ['https://app.example']],
    ['CALL_MAX_OPEN', 7, 7],
    ['MONNIFY_CONTRACT_CODE', 1_000_200_030, '1000200030'],
  ])('of %s such as %j is read as %j', (name, value, expected) => {
    expect(readConfig({ ...good, [name]: value })).toMatchObject({ [name]: expected })
  })
})

describe('a name', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.each([
    ['LIMIT_LOGINS', 'LIMIT_LOGIN_ADDRESS'],
    ['LIMIT_LOGIN', 'LIMIT_LOGIN_ADDRESS'],
    ['LIMIT_PAYMENT', 'LIMIT_PAYMENTS'],
    ['MONNIFY_SECERT_KEY', 'MONNIFY_SECRET_KEY'],
    ['MONNIFY_URL', 'MONNIFY_BASE_URL'],
    ['MONIFY_API_KEY', 'MONNIFY_API_KEY'],
    ['JWT_SECRET_PREVIUOS', 'JWT_SECRET_PREVIOUS'],
    ['JWT_EXPIRES', 'JWT_EXPIRES_IN'],
    ['JWT_SECRET ', 'JWT_SECRET'],
    ['JWT-SECRET', 'JWT_SECRET'],
    ['jwt_secret', 'JWT_SECRET'],
    ['limit_calls', 'LIMIT_CALLS'],
    ['TARIF', 'TARIFF'],
    ['TARIFFS', 'TARIFF'],
    ['TARIFF_JSON', 'TARIFF'],
    ['ALOWED_ORIGINS', 'ALLOWED_ORIGINS'],
    ['ALLOWED_ORIGIN', 'ALLOWED_ORIGINS'],
    ['CALL_MAX_DURATIONS', 'CALL_MAX_DURATION'],
    ['SESION_MAX_AGE', 'SESSION_MAX_AGE'],
    ['REFRESH_GRACES', 'REFRESH_GRACE'],
    ['OPERATOR_DAY_LIMITS', 'OPERATOR_DAY_LIMIT'],
    ['SIMULATED_CUSTOMERS', 'SIMULATED_CUSTOMER'],
    ['DEFAULT_CONTRY', 'DEFAULT_COUNTRY'],
    ['PAYMENT_REDIRECT', 'PAYMENT_REDIRECT_URL'],
  ])('%j is reported as a misspelt %s', (setting, nearest) => {
    expect(unknownSettings([setting], SETTINGS)).toMatchObject([{ setting, nearest }])
  })

  it.each([
    ...SETTINGS,
    'DB',
    'WALLET',
    'CHASE',
    'LIMITER',
    'FLOOD_GUARD',
    'ASSETS',
    'PORT',
    'NODE_ENV',
  ])('%s is not reported', (name) => {
    expect(unknownSettings([name], SETTINGS)).toEqual([])
  })

  it('that is misspelt is logged once with the nearest name, never with its value', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    warnOfUnknownSettings([...SETTINGS, 'DB', 'LIMIT_LOGINS'], SETTINGS)
    expect(warn.mock.calls).toHaveLength(1)
    expect(JSON.parse(String(warn.mock.calls[0]?.[0]))).toEqual({
      event: 'setting_unknown',
      setting: 'LIMIT_LOGINS',
      nearest: 'LIMIT_LOGIN_ADDRESS',
      message: 'LIMIT_LOGINS is not a setting and has no effect. Did you mean LIMIT_LOGIN_ADDRESS?',
    })
  })

  it.each(Object.keys(RETIRED_SETTINGS))(
    '%s that is retired is logged with its replacement, never with its value',
    (setting) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
      warnOfUnknownSettings(['DB', setting], SETTINGS, RETIRED_SETTINGS)
      expect(warn.mock.calls).toHaveLength(1)
      expect(JSON.parse(String(warn.mock.calls[0]?.[0]))).toEqual({
        event: 'setting_retired',
        setting,
        message: `${setting} has no effect any more: operators have accounts instead. Delete it when no rollback to the previous release is needed.`,
      })
    },
  )

  it('is compared by the number of inserted, deleted and replaced characters', () => {
    expect(editDistance('', 'abc')).toBe(3)
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('abc', 'abc')).toBe(0)
  })
})
