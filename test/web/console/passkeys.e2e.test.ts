/** Passkeys in a real browser, with Chromium's virtual authenticator. */
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { contentWidth, findingsOn, hasBrowser, useBrowser } from '../../support/browser'
import { useSharedService } from '../../support/served'

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

/** An authenticator of the device that verifies its user and keeps its keys. */
async function addAuthenticator(page: Page): Promise<void> {
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('WebAuthn.enable')
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

async function topUp(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Top up', exact: true }).click()
  await button(page, 'Pay ₦200.00').click()
  await page.getByText('₦200.00 credited to call credits.').waitFor()
}

async function openPasskeys(page: Page): Promise<void> {
  await page.locator('.who > summary').click()
  await page.getByText('Passkeys', { exact: true }).click()
}

async function refund(page: Page): Promise<void> {
  const payment = page.getByRole('listitem', { name: 'Payment of ₦200.00' })
  const form = payment.getByLabel('Refund in ₦')
  if (!(await form.isVisible())) await payment.getByText('Refund', { exact: true }).click()
  await form.fill('100')
  await button(page, 'Confirm and refund').click()
}

describe.runIf(hasBrowser)('a passkey in the console', () => {
  const service = useSharedService()
  const { complaints, open, picture } = useBrowser()

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  it('is added, signs in, and confirms a refund', async () => {
    const page = await open(`${service.url}/console`, { width: 1280 })
    await addAuthenticator(page)
    const email = `${crypto.randomUUID()}@example.com`
    await button(page, 'Create an account').click()
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill('correct horse battery')
    await button(page, 'Create account').click()
    await topUp(page)

    await openPasskeys(page)
    await page.getByLabel('Name of a new passkey').fill('Laptop')
    await button(page, 'Add a passkey').click()
    await page.getByText('Must not be empty.').waitFor()
    await page.getByLabel('Your password, to confirm').fill('correct horse battery')
    await page.getByLabel('Name of a new passkey').fill('Laptop')
    await button(page, 'Add a passkey').click()
    await page.getByText('The passkey was added.').waitFor()
    const passkeys = page.getByRole('list', { name: 'Passkeys' })
    await passkeys.getByText('Laptop').waitFor()
    await page.getByLabel('Your password, to confirm').waitFor({ state: 'detached' })

    await button(page, 'Create recovery codes').click()
    const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
    await page.getByText('10 recovery codes are left.').waitFor()
    expect(await codes.count()).toBe(10)
    const code = (await codes.first().textContent()) ?? ''
    await picture(page, 'console-passkeys')
    expect(await findingsOn(page)).toEqual([])

    await button(page, 'Sign out').click()
    await button(page, 'Use a passkey').click()
    await page.locator('.who > summary').filter({ hasText: email }).waitFor()

    await refund(page)
    await page.getByText('₦100.00 goes back to the account that paid.').waitFor()
    await page.getByRole('row', { name: /Refund .* −₦100\.00 ₦100\.00/ }).waitFor()

    await openPasskeys(page)
    await page.getByText(/^Last used/).waitFor()
    const menu = page.locator('.who-card')
    await menu.getByRole('button', { name: 'Confirm by a recovery code instead' }).click()
    await menu.getByLabel('Your password, to confirm').fill('correct horse battery')
    await menu.getByLabel('Recovery code').fill(code.toLowerCase())
    await button(page, 'Remove the passkey Laptop').click()
    await page.getByText('The passkey was removed.').waitFor()
    await button(page, 'Sign out').click()
    await button(page, 'Use a passkey').click()
    await page.getByRole('alert').getByText('The passkey was not accepted').waitFor()
    complaints.splice(0)
  }, 90_000)

  it('is explained and accessible on a phone', async () => {
    const page = await open(`${service.url}/console`, { width: 390, colorScheme: 'dark' })
    await button(page, 'Create a demo user').click()
    await page.getByText('No calls yet.').waitFor()
    await topUp(page)
    const payment = page.getByRole('listitem', { name: 'Payment of ₦200.00' })
    await payment.getByText('Refund', { exact: true }).click()
    await payment.getByLabel('Your password, to confirm').fill('not this one')
    await button(page, 'Confirm and refund').click()
    await payment.getByText('Is incorrect.').waitFor()
    expect(await contentWidth(page)).toBe(390)
    await openPasskeys(page)
    await page.getByLabel('Name of a new passkey').waitFor()
    await picture(page, 'console-passkeys-phone')
    expect(await findingsOn(page)).toEqual([])
    expect(await contentWidth(page)).toBe(390)
    complaints.splice(0)
  }, 60_000)
})
