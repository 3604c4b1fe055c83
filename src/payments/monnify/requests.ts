/**
 * Requests to Monnify's API: log-in, envelope and limits. Responses are not trusted: time and size are
 * limited, redirects are not followed, and amounts must be exact. A request is repeated only after a 401,
 * with a new token.
 */
import { z } from 'zod'
import { boundedText } from '../../common/bounded-text'
import { logEvent } from '../../common/log'
import { parseNaira } from '../../common/money'
import { ok, refuse, type Result } from '../../common/result'

const TIMEOUT_MS = 10_000
const MAX_ANSWER_BYTES = 64 * 1024
const TOKEN_MARGIN_MS = 60_000
const DEFAULT_TOKEN_SECONDS = 3600

export interface RequestOptions {
  readonly baseUrl: string
  readonly apiKey: string
  readonly secretKey: string
  readonly fetch: (request: Request) => Promise<Response>
  readonly now: () => number
}

/** Text that is stored or compared. Rejects U+FFFD, which replaces bytes that are not UTF-8. */
export const gatewayText = z
  .string()
  .min(1)
  .refine((text) => text.isWellFormed() && !text.includes('\ufffd'))

const envelopeSchema = z.object({
  requestSuccessful: z.boolean(),
  responseMessage: z.string().nullish(),
  responseCode: z.union([z.string(), z.number()]).transform(String).optional().catch(undefined),
  responseBody: z.unknown().optional(),
})

const loginSchema = z.object({
  accessToken: z.string().min(1),
  expiresIn: z.coerce.number().positive().catch(DEFAULT_TOKEN_SECONDS),
})

export const amountSchema = z.union([z.number(), z.string()]).transform((amount, context) => {
  const parsed = parseNaira(amount)
  if (parsed !== undefined) return parsed
  context.addIssue({ code: 'custom', message: 'not an amount' })
  return z.NEVER
})

export interface Answer {
  readonly status: number
  readonly envelope: z.infer<typeof envelopeSchema> | undefined
}

export const unavailable = (step: string, reason: string) => {
  logEvent('gateway_unavailable', { step, reason })
  return refuse({ code: 'gateway_unavailable' })
}

export const unreadable = (step: string, reason: string) => {
  logEvent('gateway_unreadable', { step, reason })
  return refuse({ code: 'gateway_unavailable', isUnreadable: true })
}

/** Sends a request, and after a 401 once more with a new token. */
export type Call = (
  step: string,
  method: string,
  path: string,
  body?: object,
) => Promise<Result<Answer>>

export function createCall(options: RequestOptions): Call {
  let cachedToken: { value: string; staleAtMs: number } | undefined

  async function send(
    method: string,
    path: string,
    authorization: string,
    body?: object,
  ): Promise<Answer> {
    const request = new Request(`${options.baseUrl}${path}`, {
      method,
      headers: {
        Authorization: authorization,
        Accept: 'application/json',
        'User-Agent': 'aileana/1',
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const response = await options.fetch(request)
    return {
      status: response.status,
      envelope: parseEnvelope(await boundedText(response, MAX_ANSWER_BYTES)),
    }
  }

  async function token(): Promise<Result<string>> {
    if (cachedToken && options.now() < cachedToken.staleAtMs) return ok(cachedToken.value)
    const credentials = btoa(`${options.apiKey}:${options.secretKey}`)
    const { status, envelope } = await send(
      'POST',
      '/api/v1/auth/login',
      `Basic ${credentials}`,
      {},
    )
    const login = loginSchema.safeParse(envelope?.responseBody)
    if (!envelope?.requestSuccessful || !login.success)
      return unavailable('login', `status ${status}`)
    const { accessToken, expiresIn } = login.data
    cachedToken = {
      value: accessToken,
      staleAtMs: options.now() + expiresIn * 1000 - TOKEN_MARGIN_MS,
    }
    return ok(accessToken)
  }

  return async (step, method, path, body) => {
    try {
      for (const isRetry of [false, true]) {
        const bearer = await token()
        if (!bearer.ok) return bearer
        const answer = await send(method, path, `Bearer ${bearer.value}`, body)
        if (answer.status !== 401) return ok(answer)
        cachedToken = undefined
        if (isRetry) break
      }
      return unavailable(step, 'the token was refused twice')
    } catch (error) {
      return unavailable(step, error instanceof Error ? error.name : 'unknown')
    }
  }
}

function parseEnvelope(text: string): z.infer<typeof envelopeSchema> | undefined {
  try {
    return envelopeSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
