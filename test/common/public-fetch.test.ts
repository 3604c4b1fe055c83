import { afterEach, expect, it, vi } from 'vitest'
import { publicFetch, requirePublicFetch } from '../../src/common/public-fetch'
import wranglerToml from '../../wrangler.toml?raw'

const request = () => new Request('https://hooks.example.com/')

afterEach(() => {
  vi.restoreAllMocks()
})

it('wrangler.toml sets the flag, and the runtime has it', () => {
  expect(wranglerToml).toMatch(/^compatibility_flags = \[.*"global_fetch_strictly_public".*\]$/m)
  expect(() => requirePublicFetch()).not.toThrow()
})

it('Without the flag no request leaves', async () => {
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('sent'))
  expect(await (await publicFetch(request())).text()).toBe('sent')
  for (const flags of [{}, { global_fetch_strictly_public: false }])
    await expect(publicFetch(request(), flags)).rejects.toThrow('global_fetch_strictly_public')
  expect(sent).toHaveBeenCalledOnce()
})
