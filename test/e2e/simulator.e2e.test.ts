import { source as axe } from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../../client/client'
import { contentWidth, focusedName, hasBrowser, useBrowser } from '../support/browser'
import { newAccount, useSharedService } from '../support/served'

const service = useSharedService()

const simulator = (path: string, body: Record<string, string>) =>
  fetch(`${service.url}/simulator${path}`, { method: 'POST', body: new URLSearchParams(body) })

async function newCheckout(client: Awaited<ReturnType<typeof newAccount>>['client']) {
  const body = { amount: 1500, method: 'monnify' } as const
  const payment = await bodyOf(client.POST('/payments', { body }))
  return { url: payment.checkout_url ?? '', reference: payment.payment_reference }
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Findings of axe in both colour schemes, and overflow at the narrowest supported width. */
async function findingsOn(page: Page, width: number): Promise<string[]> {
  const found: string[] = []
  await page.evaluate(axe)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()')
    found.push(...violations.map(({ id, nodes }) => `${colorScheme} ${id} ${nodes[0]?.html}`))
  }
  if ((await contentWidth(page)) > width) found.push(`overflow at ${width}`)
  return found
}

describe.runIf(hasBrowser)("the simulator's pages", () => {
  const { complaints, open, picture } = useBrowser()

  it('are accessible in both colour schemes, and fit each width', async () => {
    const { client } = await newAccount(service.url)
    const [paid, part, waiting] = [
      await newCheckout(client),
      await newCheckout(client),
      await newCheckout(client),
    ]
    await fetch(`${paid.url}/pay`, { method: 'POST', redirect: 'manual' })
    await fetch(`${part.url}/pay_part`, { method: 'POST', redirect: 'manual' })
    await simulator(`/payments/${paid.reference}/refunds`, { amount: '250' })
    const email = (await bodyOf(client.GET('/users/me'))).email
    await simulator('/faults', { webhook: 'late', status: 'slow', user: email })
    const faulty = await newCheckout(client)
    for (const [name, url] of [
      ['simulator', `${service.url}/simulator`],
      ['checkout-waiting', waiting.url],
      ['checkout-part', part.url],
      ['checkout-closed', paid.url],
      ['checkout-faulty', faulty.url],
    ] as const) {
      const page = await open(url)
      for (const width of [1280, 390, 360]) {
        await page.setViewportSize({ width, height: 900 })
        if (width !== 360) expect(await findingsOn(page, width), `${name} ${width}`).toEqual([])
        expect(await contentWidth(page), `${name} ${width}`).toBe(width)
        await picture(page, `${name}-${width}`)
      }
      await page.close()
    }
    await simulator('/faults/clear', { user: email })
    expect(complaints.splice(0)).toEqual([])
  }, 60_000)

  it('send a webhook again, and show the response beside it', async () => {
    const { client } = await newAccount(service.url)
    const { url } = await newCheckout(client)
    await fetch(`${url}/pay`, { method: 'POST', redirect: 'manual' })
    const page = await open(`${service.url}/simulator`, { javaScriptEnabled: false })
    await page
      .getByRole('button', { name: /^Send again/ })
      .first()
      .click()
    await page.getByText('Sent again: status 200. Accepted').waitFor()
    expect(await page.getByText('Payment received: ₦1,500.00').count()).toBeGreaterThan(1)
  }, 60_000)

  it("the console's badge counts the user's faults, and one click clears them", async () => {
    const page = await open(`${service.url}/console`)
    await page.getByRole('button', { name: 'Create a demo user' }).click()
    await page.getByRole('switch', { name: 'Sent twice' }).check()
    const badge = page.getByRole('group', { name: 'Faults of the gateway' })
    await badge.getByText('1 fault is on').waitFor()
    await page.getByRole('switch', { name: 'Status 500' }).check()
    await badge.getByText('2 faults are on').waitFor()
    await picture(page, 'console-faults')
    await page.evaluate(axe)
    const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()')
    expect(violations.map(({ id }) => id)).toEqual([])
    await badge.getByRole('button', { name: 'Clear' }).click()
    await badge.waitFor({ state: 'detached' })
    await page.getByText('No fault is on.').waitFor()
    expect(await focusedName(page)).toBe('Faults')
    expect(await page.getByRole('switch', { checked: true }).count()).toBe(0)

    const other = await open(`${service.url}/console`)
    await other.getByRole('button', { name: 'Create a demo user' }).click()
    await page.getByRole('switch', { name: 'Altered amount' }).check()
    await badge.waitFor()
    await other.reload()
    await other.getByRole('switch', { name: 'Altered amount' }).waitFor()
    expect(await other.getByRole('switch', { checked: true }).count()).toBe(0)
    expect(complaints.splice(0)).toEqual([])
  }, 60_000)
})
