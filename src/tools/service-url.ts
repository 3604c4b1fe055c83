/** Where the service is that a tool talks to: `--url`, or this machine's at `PORT`. */
import { env, exit } from 'node:process'
import { parseArgs } from 'node:util'

export const HERE = `http://localhost:${env['PORT'] ?? 8787}`

/** The one flag of a tool that has no other. Says what is wrong with it and exits with 1. */
export function readServiceUrl(): string {
  try {
    const { values } = parseArgs({ options: { url: { type: 'string', default: HERE } } })
    return new URL(values.url).origin
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return exit(1)
  }
}
