/** Runs a browser, if one is installed, and collects the errors of its pages. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { source as axe } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
/** Folder for screenshots, if set. */
const SCREENSHOTS = process.env['SCREENSHOTS']

export const hasBrowser = existsSync(CHROMIUM)

export interface Look {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
  readonly javaScriptEnabled?: boolean
}

/** A microphone that beeps, and the permission to use it. */
export const FAKE_MICROPHONE = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
]

export function useBrowser({ hasMicrophone = false } = {}) {
  let browser: Browser
  const complaints: string[] = []

  beforeAll(async () => {
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      ...(hasMicrophone ? FAKE_MICROPHONE : []),
    ]
    browser = await chromium.launch({ executablePath: CHROMIUM, args })
  }, 60_000)

  afterAll(() => browser?.close())

  return {
    complaints,
    open: async (
      url: string,
      { width = 1200, colorScheme = 'light', javaScriptEnabled = true }: Look = {},
    ): Promise<Page> => {
      const viewport = { width, height: 900 }
      const page = await browser.newPage({ viewport, colorScheme, javaScriptEnabled })
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(url)
      return page
    },
    picture: async (page: Page, name: string): Promise<void> => {
      if (!SCREENSHOTS) return
      mkdirSync(SCREENSHOTS, { recursive: true })
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })
    },
  }
}

/** Width of a page, including its overflow. */
export const contentWidth = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth')

/** Accessible name of the focused element. */
export const focusedName = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const { ariaLabel, labels, textContent } = document.activeElement
    return (ariaLabel ?? labels?.[0]?.textContent ?? textContent).trim()
  })()`)

/** Waits until the element with this accessible name has the focus, which may move after the text has changed. */
export async function hasFocus(page: Page, name: string): Promise<void> {
  await expect.poll(() => focusedName(page), { timeout: 10_000 }).toBe(name)
}

/** Presses Tab until the element with this accessible name has the focus. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const isThere = (focused: string) =>
    typeof name === 'string' ? focused === name : name.test(focused)
  for (let tabs = 0; tabs < 100; tabs++) {
    await page.keyboard.press('Tab')
    if (isThere(await focusedName(page))) return
  }
  throw new Error(`the keyboard cannot reach ${name}`)
}

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Runs axe on the page, in light and dark mode. */
export async function findingsOn(page: Page): Promise<string[]> {
  const found: string[] = []
  await page.evaluate(axe)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await page.evaluate<{ violations: Finding[] }>('axe.run()')
    for (const { id, nodes } of violations) found.push(`${colorScheme}: ${id} ${nodes[0]?.html}`)
  }
  return found
}
