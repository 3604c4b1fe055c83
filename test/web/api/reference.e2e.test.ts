import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { contentWidth, hasBrowser, useBrowser } from '../../support/browser'
import { useSharedService } from '../../support/served'

const service = useSharedService()
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Findings of axe. It runs inside the page, whose policy allows no injected script. */
async function findings(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: AXE })
  return page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))')
}

describe.runIf(hasBrowser)('the API reference and the guides', () => {
  const { complaints, open, picture } = useBrowser()

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('have no axe finding and fit at %d px, %s', async (width, colorScheme) => {
    for (const path of ['/api', '/guides/quick-start', '/guides/calls', '/problems/debt_open']) {
      const page = await open(service.url + path, { width, colorScheme })
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await findings(page), path).toEqual([])
      expect(await contentWidth(page), path).toBe(width)
      await picture(page, `reference${path.replaceAll('/', '-')}-${width}-${colorScheme}`)
      await page.close()
    }
  })

  it('give a demo token with one click, with which a request succeeds', async () => {
    const page = await open(`${service.url}/api`)
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await page.getByRole('button', { name: 'Use a demo token' }).click()
    await page.getByText('A demo user with ₦200.00 of call credits is logged in.').waitFor()
    const operation = page.getByRole('region', { name: 'List your wallets' })
    await operation.getByText('Try it').click()
    await operation.getByRole('button', { name: 'Send' }).click()
    const response = operation.getByRole('status')
    await response.getByText('200', { exact: true }).waitFor()
    expect(await response.innerText()).toContain('"balance": 200')
    expect(requests.filter((url) => !url.startsWith(service.url))).toEqual([])
  })

  it('explain a problem at the place that its type names', async () => {
    const page = await open(`${service.url}/problems/insufficient_funds`)
    expect(page.url()).toBe(`${service.url}/guides/errors#insufficient_funds`)
    const json = await fetch(`${service.url}/problems/insufficient_funds`)
    expect(await json.json()).toMatchObject({ code: 'insufficient_funds', status: 400 })
    await page.getByRole('link', { name: 'Payments', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Payments' }).waitFor()
  })

  it('are served as Markdown too, and listed for language models', async () => {
    const index = await (await fetch(`${service.url}/llms.txt`)).text()
    for (const [, path = ''] of index.matchAll(/\]\((\/[^)]+)\)/g))
      expect((await fetch(service.url + path)).status, path).toBe(200)
    expect((await fetch(`${service.url}/guides`)).url).toBe(`${service.url}/guides/quick-start`)
    expect((await fetch(`${service.url}/guides/index`)).status).toBe(404)
    expect((await fetch(`${service.url}/guides/none`)).status).toBe(404)
    expect((await fetch(`${service.url}/guides/none.md`)).status).toBe(404)
  })

  it('cause no error in the console of the browser', () => expect(complaints).toEqual([]))
})
