import { afterEach, expect, it, vi } from 'vitest'
import { logError } from '../../src/common/log'

afterEach(() => void vi.restoreAllMocks())

it('the log line of an error has at most 4,000 characters of its message and its stack', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  logError('unexpected_error', new Error('x '.repeat(5000)))
  const { message, stack } = JSON.parse(String(error.mock.lastCall?.[0]))
  expect([message.length, stack.length]).toEqual([4000, 4000])
})
