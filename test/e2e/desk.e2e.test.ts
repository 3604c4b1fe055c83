/** A day of a support agent in the back office, with a real service and a real browser. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Secret, TOTP } from 'otpauth'
import type { Locator, Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bodyOf, type ApiClient } from '../../client/client'
import { contentWidth, findingsOn, hasBrowser, tabTo, useBrowser } from '../support/browser'
import { newAccount, OPERATOR_PASSWORD, post, topUp, useService } from '../support/served'

const VARS = join(import.meta.dirname, '../../.dev.vars')
const STEP_MS = 30_000

const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name })
const dialogOf = (page: Page) => page.getByRole('dialog')

/** A code works once, so each log-in uses the next step. */
const codeOf = (secret: string, step: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({
    timestamp: Date.now() + step * STEP_MS,
  })

interface Customer {
  readonly email: string
  readonly client: ApiClient
  readonly token: string
}

describe.runIf(hasBrowser)('a day in the back office', () => {
  const service = useService('--var', 'SIMULATED_CUSTOMER:pays')
  const { complaints, open, picture } = useBrowser()
  let admin: Page
  let agent: Page

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  /** Looks at a page at two widths, with axe. */
  async function look(page: Page, name: string): Promise<void> {
    await expect.poll(() => page.getByText('Loading…').count()).toBe(0)
    await picture(page, `desk-${name}`)
    expect(await findingsOn(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 800 })
    expect(await contentWidth(page)).toBeLessThanOrEqual(360)
    await picture(page, `desk-${name}-phone`)
    await page.setViewportSize({ width: 1200, height: 900 })
  }

  /** Accepts an invitation with a password and an authenticator app. */
  async function accept(link: string): Promise<Page> {
    const page = await open(link)
    const secret = await page.getByLabel('Secret', { exact: true }).inputValue()
    expect(page.url()).not.toContain('invitation')
    await page.getByLabel('New password').fill(OPERATOR_PASSWORD)
    await page.getByLabel('Code of the authenticator app').fill(codeOf(secret, 0))
    await button(page, 'Set the password and log in').click()
    await page.getByRole('heading', { name: /^Hello/ }).waitFor()
    return page
  }

  async function invite(name: string, role: string): Promise<Page> {
    await admin.goto(`${service.url}/desk#/operators`)
    await button(admin, 'Invite an operator').click()
    const dialog = dialogOf(admin)
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByLabel('E-mail').fill(`${role}@example.com`)
    await dialog.getByLabel('Role').selectOption(role)
    await dialog.getByLabel('Reason').fill('New colleague')
    await button(dialog, 'Create the invitation').click()
    const link = await dialog.getByLabel('Link', { exact: true }).inputValue()
    await button(dialog, 'Done').click()
    return accept(link)
  }

  async function newCustomer(): Promise<Customer> {
    const { client, accessToken: token } = await newAccount(service.url)
    const { email } = await bodyOf(client.GET('/users/me'))
    return { email, client, token }
  }

  /** The agent finds the customer by the address that they wrote in their message. */
  async function find(page: Page, { email }: Customer): Promise<void> {
    await page.getByRole('link', { name: 'Customers' }).click()
    await page.getByLabel('Find a customer').fill(email)
    await button(page, 'Search').click()
    await page.getByRole('table').getByRole('link').first().click()
    await page.getByRole('heading', { name: 'Timeline' }).waitFor()
    expect(await page.locator('body').innerText()).not.toContain(email)
  }

  /** Fills and confirms the dialog of an action that moves money. */
  async function move(page: Page, amount: string, reason: string, confirm: string) {
    const dialog = dialogOf(page)
    await dialog.getByLabel('Amount in ₦').fill(amount)
    await dialog.getByLabel('Reason').fill(reason)
    await button(dialog, 'Show the effect').click()
    await dialog.getByRole('heading', { name: 'Check the effect' }).waitFor()
    await picture(page, `desk-effect-${confirm.replaceAll(' ', '-').toLowerCase()}`)
    expect(await findingsOn(page)).toEqual([])
    await button(dialog, confirm).click()
    await dialog.waitFor({ state: 'detached' })
  }

  const balanceOf = async ({ client }: Customer, type = 'call_credits') =>
    (await bodyOf(client.GET('/wallets'))).find((wallet) => wallet.type === type)?.balance

  beforeAll(async () => {
    const secret = parseEnv(readFileSync(VARS, 'utf8'))['OPERATOR_BOOTSTRAP_SECRET']
    const first = { secret, email: 'admin@example.com', name: 'Admin' }
    const { invitation = '' } = await post(`${service.url}/operator/bootstrap`, first)
    admin = await accept(invitation)
    agent = await invite('Support agent', 'support')
  }, 120_000)

  it('a customer who paid twice gets one payment back', async () => {
    const customer = await newCustomer()
    await topUp(customer.client, 1000)
    await topUp(customer.client, 1000)
    await find(agent, customer)
    await look(agent, 'paid-twice')
    await button(agent, /^Refund [0-9a-f]/)
      .first()
      .click()
    await move(agent, '1000', 'Paid twice', 'Do it now')
    await agent.getByText('Done: ₦1,000.00.').waitFor()
    expect(await balanceOf(customer)).toBe(1000)
  })

  it('a customer who was charged after the line broke gets the amount back', async () => {
    const customer = await newCustomer()
    await topUp(customer.client, 100)
    const body = { recipient_phone: '+2348031234567' }
    const { uuid } = await bodyOf(customer.client.POST('/calls', { body }))
    const path = { params: { path: { uuid } } }
    await bodyOf(customer.client.PATCH('/calls/{uuid}/answer', path))
    await find(agent, customer)
    await agent.getByRole('heading', { name: 'Open calls' }).waitFor()
    await button(agent, new RegExp(`^End the call`)).first().click()
    await dialogOf(agent).getByLabel('Reason').fill('The line broke')
    await button(dialogOf(agent), 'End the call').click()
    await agent.getByText('The call was ended.').waitFor()
    const ended = await bodyOf(customer.client.GET('/calls/{uuid}', path))
    expect(ended).toMatchObject({ status: 'completed' })
    expect(await balanceOf(customer)).toBe(100 - ended.cost)
    await button(agent, 'Correct a balance').first().click()
    await move(agent, String(ended.cost), 'The line broke', 'Do it now')
    await expect.poll(() => balanceOf(customer)).toBe(100)
    await look(agent, 'line-broke')
  })

  it('a customer who wants much money back gets it after a second operator has agreed', async () => {
    const customer = await newCustomer()
    await topUp(customer.client, 9000)
    await find(agent, customer)
    await button(agent, /^Refund [0-9a-f]/)
      .first()
      .click()
    await move(agent, '9000', 'Does not call any more', 'Send for approval')
    await agent
      .getByRole('heading', { name: /refund/i })
      .first()
      .waitFor()
    await look(agent, 'proposal')
    expect(await button(agent, 'Approve').count()).toBe(0)
    expect(await balanceOf(customer)).toBe(9000)

    const finance = await invite('Finance', 'finance')
    await look(finance, 'home-finance')
    await finance.getByRole('link', { name: 'Proposals' }).click()
    await finance.getByRole('table').getByRole('link').first().click()
    await button(finance, 'Approve').click()
    await dialogOf(finance)
      .getByText('9,000.00 NGN')
      .or(finance.getByText('9000.00 NGN'))
      .first()
      .waitFor()
    await picture(finance, 'desk-approve')
    await button(dialogOf(finance), /^Approve/).click()
    await finance.getByText('Approved and executed.').waitFor()
    expect(await balanceOf(customer)).toBe(0)
  })

  it('a customer whose phone was stolen is frozen and logged out, by the keyboard alone', async () => {
    const customer = await newCustomer()
    await topUp(customer.client, 500)
    await find(agent, customer)
    for (const [name, title, done] of [
      ['Freeze', 'Freeze the wallets', 'The wallets are frozen.'],
      ['End sessions', 'End all sessions', 'All sessions have ended.'],
    ] as const) {
      await tabTo(agent, name)
      await agent.keyboard.press('Enter')
      const dialog = dialogOf(agent)
      await dialog.getByLabel('Reason').waitFor()
      await expect.poll(() => agent.getByText('Loading…').count()).toBe(0)
      await picture(agent, `desk-${name.replace(' ', '-').toLowerCase()}`)
      expect(await findingsOn(agent)).toEqual([])
      await dialog.getByLabel('Reason').focus()
      await agent.keyboard.type('Stolen phone')
      await expect.poll(() => button(dialog, title).isEnabled()).toBe(true)
      await agent.keyboard.press('Enter')
      await agent.getByText(done).waitFor()
    }
    const { response } = await customer.client.GET('/wallets')
    expect(response.status).toBe(401)
    await look(agent, 'stolen-phone')
  })

  it('the log names who did what and why, and its chain is complete', async () => {
    await admin.goto(`${service.url}/desk#/log`)
    await admin.getByText('Stolen phone').first().waitFor()
    await button(admin, /verify/i).click()
    await admin
      .getByText(/complete|no gap|unbroken|continue/i)
      .first()
      .waitFor()
    await look(admin, 'log')
  })

  it('every other page can be read on a phone, without a finding by axe', async () => {
    for (const place of [
      '',
      'exceptions',
      'finance',
      'finance/settlements',
      'tariffs',
      'operators',
      'account',
    ]) {
      await admin.goto(`${service.url}/desk#/${place}`)
      await admin.getByRole('heading', { level: 1 }).waitFor()
      await look(admin, place.replace('/', '-') || 'home')
    }
  })

  it('a session that has ended shows the log-in', async () => {
    await admin.goto(`${service.url}/desk#/operators`)
    await button(agent, 'Log out').click()
    await agent.getByRole('heading', { name: 'AIleana back office' }).waitFor()
    await look(agent, 'log-in')
    expect(await agent.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
  })
})
