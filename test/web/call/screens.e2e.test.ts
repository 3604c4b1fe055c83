import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { contentWidth, hasBrowser, useBrowser } from '../../support/browser'
import { useBuiltPage } from './built-page'
import { ACCESS, CALL, findingsOn, isHeading, LINK, setState } from './driving'
import { screens } from './screens'

/** Controls whose target is smaller than 44 px. A link inside a sentence may be. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('button, select, summary, fieldset label')]
    .filter((element) => element.checkVisibility())
    .filter((element) => {
      const { width, height } = element.getBoundingClientRect()
      return width < 44 || height < 44
    })
    .map((element) => element.outerHTML)`)

const openAll = (page: Page) =>
  page.evaluate(`for (const fold of document.querySelectorAll('details')) fold.open = true`)

describe.runIf(hasBrowser)('the screens of a call', () => {
  const built = useBuiltPage()
  const { complaints, open, picture } = useBrowser()

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  it.each([1280, 360])(
    'has every screen, for both seats, %d px wide',
    async (width) => {
      const page = await open(`${built.url}${LINK}&access_token=${ACCESS}`, { width })
      const nowMs = Date.now()
      await page.clock.setFixedTime(nowMs)
      for (const { name, state, heading, actions, shows } of screens(nowMs)) {
        await setState(page, state)
        await isHeading(page, heading)
        const stage = page.locator('.stage')
        expect(await stage.getByRole('button').allInnerTexts(), name).toEqual(actions)
        const text = await page.locator('main').textContent()
        if (shows) expect(text, name).toMatch(shows)
        expect(await page.title(), name).toBe(`${heading} · AIleana`)
        expect(await findingsOn(page), name).toEqual([])
        await picture(page, `call-${name}-${width}-dark`)
        await page.emulateMedia({ colorScheme: 'light' })
        await picture(page, `call-${name}-${width}`)
        await openAll(page)
        expect(await smallTargets(page), name).toEqual([])
        expect(await contentWidth(page), name).toBe(width)
        if (name === 'caller-talking') {
          expect(await findingsOn(page), name).toEqual([])
          await picture(page, `call-${name}-${width}-unfolded`)
        }
      }
    },
    300_000,
  )

  it('explains an invalid link', async () => {
    for (const hash of ['', `#${CALL}`]) {
      const page = await open(`${built.url}${hash}`, { width: 360 })
      await isHeading(page, 'This link does not work')
      expect(page.url()).toBe(built.url)
      expect(await findingsOn(page)).toEqual([])
      await picture(page, 'call-no-link')
    }
  })
})
