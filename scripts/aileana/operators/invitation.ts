/** First admin of a deployment, and acceptance of an invitation in the terminal. */
import type { InvitationBody } from '../../../src/operators/desk-types.ts'
import { fail } from '../../cli/program.ts'
import { findSecret } from '../dev-vars.ts'
import { askOpenly, detailOf, refusalOf } from '../operator.ts'
import { isLoopback } from '../request.ts'
import { begin } from './sessions.ts'
import { answer, newPassword } from './terminal.ts'
import { codeAt } from './totp.ts'

const SECRET = 'OPERATOR_BOOTSTRAP_SECRET'

const refuseBootstrap: typeof refusalOf = (status, text, url) => {
  if (status === 401) return { message: `${url.origin} has another ${SECRET}.`, exitCode: 2 }
  return status === 404
    ? { message: `The service at ${url.origin} has no ${SECRET}. Set one there.`, exitCode: 2 }
    : refusalOf(status, text, url)
}

interface NewInvitation {
  readonly invitation: string
  readonly expires_at: string
}

export interface BootstrapOptions {
  readonly url: string
  readonly email: string
  readonly name: string
  readonly accept?: true
}

/** Invites the first admin. With `--accept`, which only development allows, the invitation is accepted at once. */
export async function bootstrap({ url, accept, email, name }: BootstrapOptions): Promise<void> {
  if (accept && !isLoopback(new URL(url).hostname))
    fail('--accept only works with a service on this machine. Open the link instead.')
  const secret =
    findSecret(SECRET, url) ?? fail(`${SECRET} is neither in the environment nor in .dev.vars.`)
  const body = { secret, email, name }
  const invited = await askOpenly(new URL('/operator/bootstrap', url), { body }, refuseBootstrap)
  const { invitation, expires_at: expiresAt } = invited as NewInvitation
  const link = new URL(invitation, url).href
  if (accept) return acceptAt(link, url, { isCodeComputed: true })
  console.error(`Open the link before ${expiresAt}, or run \`npm run aileana -- accept <link>\`.`)
  return console.log(link)
}

/** @returns origin and token of a link such as `https://HOST/desk#invitation=TOKEN` */
export function partsOf(link: string, base: string): { origin: string; token: string } {
  const address = URL.parse(link.trim(), base)
  const token = new URLSearchParams(address?.hash.slice(1)).get('invitation')
  return address && /^https?:$/.test(address.protocol) && token
    ? { origin: address.origin, token }
    : fail('This is not the link of an invitation, such as https://HOST/desk#invitation=….')
}

const refuseInvitation: typeof refusalOf = (status, text, url) =>
  status >= 400 && status < 500
    ? { message: `${url.origin} rejects this: ${detailOf(text)}`, exitCode: 2 }
    : refusalOf(status, text, url)

async function acceptAt(
  link: string,
  base: string,
  { isCodeComputed }: { readonly isCodeComputed: boolean },
): Promise<void> {
  const { origin, token } = partsOf(link, base)
  const post = (step: string, body: object) =>
    askOpenly(new URL(`/operator/invitations/${step}`, origin), { body }, refuseInvitation)
  const { name, role, totp } = (await post('read', { token })) as InvitationBody
  console.log(`Invitation of ${name} as ${role}. Add this secret to an authenticator app:`)
  console.log(`  ${totp.secret}\n  ${totp.uri}`)
  const password = await newPassword()
  const code = isCodeComputed
    ? codeAt(totp.secret, Date.now())
    : await answer('OPERATOR_CODE', 'Code of your authenticator app: ')
  begin(origin, await post('accept', { token, password, code, as: 'token' }))
}

export const accept = (link: string, url: string): Promise<void> =>
  acceptAt(link, url, { isCodeComputed: false })
