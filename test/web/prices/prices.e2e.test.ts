import { afterEach, describe, expect, it } from 'vitest'
import { contentWidth, findingsOn, hasBrowser, tabTo, useBrowser } from '../../support/browser'
import { useSharedService } from '../../support/served'

describe.runIf(hasBrowser)('the page of prices', () => {
  const service = useSharedService()
  const { complaints, open, picture } = useBrowser()

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  const prices = async (look = {}) => {
    const page = await open(`${service.url}/prices`, look)
    await page.getByRole('button', { name: 'Nigeria +234' }).waitFor()
    return page
  }

  it('finds a country by name and code, and shows its prefixes', async () => {
    const page = await prices()
    expect(await findingsOn(page)).toEqual([])
    const search = page.getByLabel('Country or calling code')
    await search.fill('nigeria')
    await page.getByText('1 country', { exact: true }).waitFor()
    await page.getByText('from ₦10.00').first().waitFor()
    await page.getByRole('button', { name: 'Nigeria +234' }).click()
    await page
      .getByRole('list', { name: 'Prices of Nigeria by prefix' })
      .getByText('₦10.00')
      .waitFor()
    expect(await findingsOn(page)).toEqual([])
    await picture(page, 'prices-country')
    await search.fill('+870')
    await page.getByText('No country matches.', { exact: false }).waitFor()
    expect(await findingsOn(page)).toEqual([])
    await picture(page, 'prices-empty')
  })

  it('calculates how long an amount lasts, by keyboard alone, and names a wrong field', async () => {
    const page = await prices()
    await tabTo(page, 'Phone number')
    await page.keyboard.type('12')
    await page.keyboard.press('Enter')
    await page.getByText('Must be a phone number', { exact: false }).waitFor()
    expect(await page.getByLabel('Phone number').getAttribute('aria-invalid')).toBe('true')
    expect(await findingsOn(page)).toEqual([])
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('0803 123 4567')
    await page.keyboard.press('Enter')
    await page.getByText('₦500.00 lasts 50 min to +2348031234567, at ₦10.00 a minute.').waitFor()
    expect(await findingsOn(page)).toEqual([])
    await picture(page, 'prices-calculated')
    await page.getByLabel('Amount in naira').fill('5')
    await page.keyboard.press('Enter')
    await page.getByText('is too little', { exact: false }).waitFor()
    complaints.splice(0)
  })

  it('fits a phone, also in the dark', async () => {
    const page = await prices({ width: 390, colorScheme: 'dark' })
    await page.getByLabel('Country or calling code').fill('united')
    await page.getByRole('button', { name: 'United Kingdom +44' }).click()
    expect(await contentWidth(page)).toBe(390)
    expect(await findingsOn(page)).toEqual([])
    await picture(page, 'prices-phone')
  })

  it('reports that the prices cannot be read, and reads them again', async () => {
    const page = await open(`${service.url}/account/forgot`)
    await page.route('**/rates', (route) => route.abort())
    await page.goto(`${service.url}/prices`)
    await page.getByRole('alert').waitFor()
    expect(await findingsOn(page)).toEqual([])
    await page.unroute('**/rates')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('button', { name: 'Nigeria +234' }).waitFor()
    complaints.splice(0)
  })
})
