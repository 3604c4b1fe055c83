/** Endpoints, deliveries and API keys in the console, with receivers of the simulator. */
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import {
  contentWidth,
  findingsOn,
  hasBrowser,
  hasFocus,
  tabTo,
  useBrowser,
} from '../../support/browser'
import { useSharedService } from '../../support/served'

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const section = (page: Page) => page.locator('#webhooks')

async function openFold(page: Page, title: string): Promise<void> {
  await section(page).locator('summary').filter({ hasText: title }).click()
}

async function createEndpoint(page: Page, events = 'All events'): Promise<void> {
  await openFold(page, 'New endpoint')
  await page.getByRole('combobox', { name: 'Events' }).selectOption(events)
  await button(page, 'Create an endpoint').click()
  await field(page, 'Secret of the endpoint').waitFor()
}

const deliveries = (page: Page) => page.getByRole('list', { name: 'Deliveries' })

async function setResponse(page: Page, name: string, effect: RegExp): Promise<void> {
  await page
    .getByRole('combobox', { name: /^Response of the simulated receiver/ })
    .selectOption(name)
  await section(page).getByText(effect).waitFor()
}

describe.runIf(hasBrowser)('webhooks in the console', () => {
  const service = useSharedService()
  const { complaints, open, picture } = useBrowser()

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  async function demoUser(width: number): Promise<Page> {
    const page = await open(`${service.url}/console`, { width })
    await button(page, 'Create a demo user').click()
    await page.getByRole('heading', { name: 'Webhooks' }).waitFor()
    return page
  }

  it('are received from a payment, fail with the faults of the receiver, and are replayed', async () => {
    const page = await demoUser(1280)
    await section(page).getByText('No endpoints yet.').waitFor()
    await createEndpoint(page)
    expect(await field(page, 'Secret of the endpoint').inputValue()).toMatch(/^whsec_/)
    await openFold(page, 'New endpoint')
    await page
      .getByRole('listitem', { name: /^Endpoint/ })
      .locator('summary')
      .click()
    await section(page).getByText('No deliveries yet.').waitFor()

    await button(page, 'Send a test').click()
    await deliveries(page).getByText('endpoint.test').waitFor()
    await deliveries(page).getByText('Status 204').waitFor()

    await page.getByRole('button', { name: 'Top up', exact: true }).click()
    await button(page, /^Pay ₦/).click()
    await page
      .getByRole('listitem', { name: /^Endpoint/ })
      .locator('summary')
      .click()
    await deliveries(page).getByText('payment.completed, no. 1').waitFor({ timeout: 30_000 })
    await picture(page, 'console-webhooks')
    expect(await findingsOn(page)).toEqual([])

    await setResponse(page, 'Status 500', /^The service repeats the delivery/)
    await button(page, 'Replay payment.completed, no. 1').click()
    await deliveries(page).getByText('Status 500').first().waitFor({ timeout: 30_000 })
    await setResponse(page, 'Redirect', /^The service does not follow it/)
    await button(page, 'Send a test').click()
    await deliveries(page)
      .getByText(/^Redirect/)
      .first()
      .waitFor()
    await picture(page, 'console-webhooks-faults')

    await setResponse(page, 'No fault', /^Each genuine delivery is accepted/)
    await button(page, 'New secret').click()
    await field(page, 'New secret').waitFor()
    await button(page, 'Send a test').click()
    await expect
      .poll(() => deliveries(page).getByText('Status 204').count(), { timeout: 30_000 })
      .toBeGreaterThan(2)

    await button(page, 'Pause').click()
    await section(page).getByText('Paused').waitFor()
    await button(page, 'Resume').click()
    await section(page).getByText('Enabled').waitFor()

    await page.getByRole('link', { name: 'What arrived' }).click()
    await page.getByRole('heading', { name: /^Receiver / }).waitFor()
    await page.getByText('payment.completed, no. 1').first().waitFor()
    expect(await page.getByText('Does not match').count()).toBe(0)
    await picture(page, 'simulator-receiver')
    expect(await findingsOn(page)).toEqual([])
  }, 120_000)

  it('work by keyboard on a phone, with API keys', async () => {
    const page = await demoUser(390)
    await openFold(page, 'API keys')
    await tabTo(page, 'Name of a new key')
    await page.keyboard.type('Accounting')
    await page.keyboard.press('Enter')
    await field(page, 'API key').waitFor()
    expect(await field(page, 'API key').inputValue()).toMatch(/^aik_/)
    const keys = page.getByRole('list', { name: 'API keys' })
    await keys.getByText('events:read, endpoints:write · Not used yet').waitFor()
    await button(page, 'Create a key').click()
    await page.getByText(/^Must /).waitFor()
    await hasFocus(page, 'Name of a new key')
    expect(complaints.splice(0)).toEqual([expect.stringContaining('400 (Bad Request)')])
    await picture(page, 'console-keys-phone')
    expect(await findingsOn(page)).toEqual([])

    await createEndpoint(page, 'Payments and refunds')
    const endpoint = page.getByRole('listitem', { name: /^Endpoint/ })
    await endpoint.getByText('Payments and refunds').waitFor()
    await endpoint.locator('summary').focus()
    await page.keyboard.press('Enter')
    await setResponse(page, 'Status 410', /^The service disables the endpoint/)
    await tabTo(page, 'Send a test')
    await page.keyboard.press('Enter')
    await deliveries(page).getByText('Status 410', { exact: true }).waitFor()
    await picture(page, 'console-webhooks-phone')
    expect(await findingsOn(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 900 })
    expect(await contentWidth(page)).toBe(360)

    await button(page, 'Delete').click()
    await section(page).getByText('No endpoints yet.').waitFor()
    await hasFocus(page, 'Webhooks')
    await button(page, 'Revoke the key Accounting').click()
    await keys.getByText('Accounting').waitFor({ state: 'detached' })
    expect(await page.getByRole('alert').count()).toBe(0)
  }, 120_000)
})
