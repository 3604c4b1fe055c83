import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config'

const good = {
  JWT_SECRET: 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o',
  MONNIFY_API_KEY: 'MK_PROD_A1B2C3D4E5',
  MONNIFY_SECRET_KEY: 'ZK4M8W2Q6T1R9Y3U5P7S',
  MONNIFY_CONTRACT_CODE: '1000200030',
}

describe('the configuration', () => {
  it("has the contract's defaults, and Monnify's live URL without a simulator", () => {
    expect(readConfig(good)).toMatchObject({
      JWT_EXPIRES_IN: 86_400_000,
      JWT_REFRESH_EXPIRES_IN: 604_800_000,
      REFRESH_GRACE: 30_000,
      SESSION_MAX_AGE: 2_592_000_000,
      MONNIFY_BASE_URL: 'https://api.monnify.com',
      MONNIFY_SIMULATOR: 'off',
      CALL_MAX_DURATION: 14_400_000,
      CALL_MAX_OPEN: 5,
      LIMIT_LOGIN_ADDRESS: { quota: 20, windowMs: 60_000 },
      LIMIT_GUESSES_FREE: 5,
      LIMIT_REGISTER: { quota: 20, windowMs: 3_600_000 },
      LIMIT_REFRESH: { quota: 300, windowMs: 60_000 },
      LIMIT_PASSWORDS: { quota: 10, windowMs: 3_600_000 },
      LIMIT_PAYMENTS: { quota: 30, windowMs: 60_000 },
      LIMIT_VERIFY: { quota: 60, windowMs: 60_000 },
      LIMIT_CALLS: { quota: 60, windowMs: 60_000 },
    })
  })

  it.each([
    ['JWT_SECRET', undefined, 'is missing'],
    ['JWT_SECRET', 'too short', 'at least 32 bytes'],
    ['JWT_SECRET', 'change-me-change-me-change-me-change-me', 'is a placeholder'],
    ['JWT_SECRET', 'your-secret-key-your-secret-key-your-', 'is a placeholder'],
    ['JWT_SECRET', 'a'.repeat(40), 'too regular'],
    ['JWT_SECRET_PREVIOUS', 'too short', 'at least 32 bytes'],
    ['JWT_SECRET_PREVIOUS', 'change-me-change-me-change-me-change-me', 'is a placeholder'],
    ['JWT_SECRET_PREVIOUS', good.JWT_SECRET, 'must differ'],
    ['MONNIFY_SECRET_KEY', '', 'is missing'],
    ['MONNIFY_SECRET_KEY_PREVIOUS', 'change-me', 'is a placeholder'],
    ['MONNIFY_SECRET_KEY_PREVIOUS', good.MONNIFY_SECRET_KEY, 'must differ'],
    ['MONNIFY_API_KEY', '<your api key>', 'is a placeholder'],
    ['MONNIFY_BASE_URL', 'http://api.monnify.com', 'https'],
    ['MONNIFY_BASE_URL', 'monnify', 'https'],
    ['JWT_EXPIRES_IN', 'soon', 'duration'],
    ['JWT_EXPIRES_IN', '0h', 'duration'],
    ['REFRESH_GRACE', '0', 'duration'],
    ['REFRESH_GRACE', '05s', 'duration'],
    ['SESSION_MAX_AGE', '0d', 'duration'],
    ['CALL_MAX_OPEN', 'many', 'whole number'],
    ['MONNIFY_WEBHOOK_ADDRESSES', '35.242.133.146, monnify', 'IP addresses'],
    ['LIMIT_REGISTER', '20 an hour', 'a rate'],
    ['LIMIT_REGISTER', '0/1h', 'a rate'],
    ['LIMIT_PAYMENTS', '1001/1m', 'a rate'],
    ['LIMIT_LOGIN_ADDRESS', '20/60', 'a rate'],
    ['LIMIT_GUESSES_FREE', '11', 'LIMIT_GUESSES_FREE'],
    ['MONNIFY_SIMULATOR', 'yes', 'on or off'],
  ])(
    'S9: %s=%j prevents the start; the error names the setting and hides its value',
    (name, value, said) => {
      const env = { ...good, [name]: value }
      expect(() => readConfig(env)).toThrow(name)
      expect(() => readConfig(env)).toThrow(said)
      if (value && value.length > 12) expect(() => readConfig(env)).not.toThrow(value)
    },
  )

  it('can disable the grace period, and can have a second secret', () => {
    const JWT_SECRET_PREVIOUS = good.JWT_SECRET.toUpperCase()
    expect(readConfig({ ...good, REFRESH_GRACE: '0s', JWT_SECRET_PREVIOUS })).toMatchObject({
      REFRESH_GRACE: 0,
      JWT_SECRET_PREVIOUS,
    })
    expect(readConfig(good).JWT_SECRET_PREVIOUS).toBeUndefined()
  })

  it('names all errors at once', () => {
    expect(() => readConfig({})).toThrow(
      /JWT_SECRET[^]*MONNIFY_API_KEY[^]*MONNIFY_SECRET_KEY[^]*MONNIFY_CONTRACT_CODE/,
    )
  })
})
