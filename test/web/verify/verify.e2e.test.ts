import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyOf, createClient } from '../../../client/client'
import { createAileana } from '../../../scripts/aileana/program'
import { contentWidth, findingsOn, hasBrowser, useBrowser } from '../../support/browser'
import { useSharedService } from '../../support/served'
import { receiptFile, signerOf } from '../../support/signed-files'
import { runCommand } from '../../support/usage'

const PASSWORD = 'correct horse battery'

describe.runIf(hasBrowser)('the page that verifies receipts', () => {
  const service = useSharedService()
  const { complaints, open, picture } = useBrowser()

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  /** Receipt and statement of a new user with one paid top-up. */
  async function documents() {
    const email = `ada-${crypto.randomUUID()}@example.com`
    const guest = createClient({ url: service.url })
    await bodyOf(guest.POST('/users/register', { body: { email, password: PASSWORD } }))
    const { access_token: token } = await bodyOf(
      guest.POST('/auth/login', { body: { email, password: PASSWORD } }),
    )
    const client = createClient({ url: service.url, token })
    const { payment_reference: paymentReference, uuid } = await bodyOf(
      client.POST('/payments', { body: { amount: 500, method: 'monnify' } }),
    )
    await bodyOf(
      client.POST('/payments/verify/{paymentReference}', {
        params: { path: { paymentReference } },
      }),
    )
    const receipt = await bodyOf(
      client.GET('/payments/{uuid}/receipt', { params: { path: { uuid } } }),
    )
    const wallets = await bodyOf(client.GET('/wallets'))
    const credits = wallets.find(({ type }) => type === 'call_credits')?.uuid ?? ''
    const statement = await bodyOf(
      client.GET('/wallets/{uuid}/statement', { params: { path: { uuid: credits } } }),
    )
    return { receipt, statement, email }
  }

  /** The field, which is disabled until the page has its keys. */
  const field = (page: Page) =>
    page.getByLabel('Receipt or statement').and(page.locator(':enabled'))

  const choose = (page: Page, content: unknown, name = 'receipt.json') =>
    field(page).setInputFiles({
      name,
      mimeType: 'application/json',
      buffer: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
    })

  const verdict = (page: Page) => page.getByRole('status')

  it('works offline after loading, and names what was altered', async () => {
    const { receipt, statement, email } = await documents()
    const page = await open(`${service.url}/verify`)
    const sent: string[] = []
    await field(page).waitFor()
    await page.context().setOffline(true)
    page.on('request', (request) => sent.push(request.url()))

    await choose(page, receipt)
    await verdict(page).getByRole('heading', { name: 'Genuine', exact: true }).waitFor()
    await verdict(page).getByText('500.00 NGN').first().waitFor()
    await verdict(page).getByText(email).waitFor()
    expect(await findingsOn(page)).toEqual([])
    await picture(page, 'verify-genuine')

    await choose(page, { ...receipt, receipt: { ...receipt.receipt, amount: '900.00' } })
    await verdict(page).getByRole('heading', { name: 'Not genuine' }).waitFor()
    await verdict(page).getByText('amount: the file says 900.00, but 500.00 is signed.').waitFor()
    expect(await findingsOn(page)).toEqual([])
    await picture(page, 'verify-altered')

    await choose(page, statement, 'statement.json')
    await verdict(page).getByText('Closing balance').waitFor()
    const [entry] = statement.entries
    await choose(page, { ...statement, entries: [{ ...entry, balance: '501.00' }] })
    await verdict(page)
      .getByText('Entry 1, balance: the file says 501.00, but 500.00 is sealed.')
      .waitFor()

    await choose(page, await receiptFile(signerOf(8)))
    await verdict(page)
      .getByText(/^The key [\w-]{43} is unknown/)
      .waitFor()
    await choose(page, 'Paid, thank you.', 'note.txt')
    await verdict(page).getByText('The file is not JSON').waitFor()
    expect(sent).toEqual([])
  })

  it('agrees with the command, which loads the keys from the service', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aileana-receipt-'))
    const { receipt, statement } = await documents()
    const altered = { ...receipt, receipt: { ...receipt.receipt, balance: '900.00' } }
    const runs: [content: object, exitCode: number, printed: string][] = [
      [receipt, 0, 'Genuine: nothing was altered'],
      [statement, 0, 'Closing balance: 500.00 NGN'],
      [altered, 1, 'balance: the file says 900.00, but 500.00 is signed.'],
    ]
    for (const [content, exitCode, printed] of runs) {
      const file = join(folder, 'file.json')
      writeFileSync(file, JSON.stringify(content))
      const run = await runCommand(createAileana(), ['verify', file, '--url', service.url])
      expect(run).toEqual({ exitCode, printed: expect.stringContaining(printed) })
    }
    rmSync(folder, { recursive: true })
  })

  it('fits a phone', async () => {
    const { receipt } = await documents()
    const page = await open(`${service.url}/verify`, { width: 390 })
    await choose(page, receipt)
    await verdict(page).getByRole('heading', { name: 'Genuine', exact: true }).waitFor()
    expect(await contentWidth(page)).toBe(390)
    expect(await findingsOn(page)).toEqual([])
    await picture(page, 'verify-phone')
  })

  it('reports that the keys cannot be loaded, and loads them again', async () => {
    const page = await open(`${service.url}/account/forgot`)
    await page.route('**/.well-known/jwks.json', (route) => route.abort())
    await page.goto(`${service.url}/verify`)
    await page.getByRole('alert').waitFor()
    expect(await findingsOn(page)).toEqual([])
    await page.unroute('**/.well-known/jwks.json')
    await page.getByRole('button', { name: 'Retry' }).click()
    await field(page).waitFor()
    complaints.splice(0)
  })
})
