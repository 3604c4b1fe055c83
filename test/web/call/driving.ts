/** Drives the page of a call in a browser, through its fake session. */
import { source as axe } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { SessionState } from '../../../web/call/session/session'

export const CALL = '3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55'
export const TOKEN = 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'
export const LINK = `#${CALL}/${TOKEN}`
export const ACCESS = 'aaaa.bbbb.cccc'

export const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })

export const isHeading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor()

/** Sets the state of the fake session, which replaces the whole state. */
export const setState = (page: Page, state: SessionState): Promise<void> =>
  page.evaluate(`fakeSession.set(${JSON.stringify(state)})`)

/** Waits for a condition. The policy of the page forbids the string that `waitForFunction` evaluates. */
export async function holds(page: Page, condition: string): Promise<void> {
  await expect.poll(() => page.evaluate<boolean>(condition), { timeout: 10_000 }).toBe(true)
}

export const commands = (page: Page): Promise<string[]> => page.evaluate('fakeSession.commands')

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Runs axe in light and dark mode. */
export async function findingsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await page.evaluate<{ violations: Finding[] }>('axe.run()')
    for (const { id, nodes } of violations) found.push(`${colorScheme} ${id} ${nodes[0]?.html}`)
  }
  return found
}
