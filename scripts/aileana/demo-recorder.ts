/** Sends the requests of the demo, prints them if it is verbose, and ends the program if one fails. */
import { styleText } from 'node:util'
import { fail } from '../cli/program.ts'
import { messageOf, request } from './request.ts'

/** Indents JSON, and shortens tokens. */
function shown(text: string): string {
  try {
    const cut = (_: string, value: unknown) =>
      typeof value === 'string' && value.length > 100 ? `${value.slice(0, 40)}…` : value
    return JSON.stringify(JSON.parse(text, cut), null, 2).replaceAll('\n', '\n    ')
  } catch {
    return text.slice(0, 200)
  }
}

export interface Recorder {
  readonly send: (sent: Request) => Promise<Response>
}

export const createRecorder = (isVerbose: boolean): Recorder => ({
  async send(sent) {
    const line = `${sent.method} ${new URL(sent.url).pathname}`
    if (isVerbose) console.log(styleText('cyan', `  → ${line}`), await sent.clone().text())
    const response = await request(sent).catch((error: unknown) => fail(messageOf(error), 1))
    const text = await response.clone().text()
    const status = styleText(response.ok ? 'green' : 'red', `  ← ${response.status}`)
    if (isVerbose || !response.ok) console.log(status, shown(text))
    if (!response.ok) fail(`\nThe demo stops: ${line} failed with status ${response.status}.`, 1)
    return response
  },
})
