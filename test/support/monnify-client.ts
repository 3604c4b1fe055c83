/** Monnify's client with a gateway whose responses a test sets. */
import { createMonnify } from '../../src/payments/monnify/client'

export const success = (responseBody: object) => ({
  requestSuccessful: true,
  responseMessage: 'success',
  responseCode: '0',
  responseBody,
})

export const failure = (responseMessage: string, responseCode: string | number = '99') => ({
  requestSuccessful: false,
  responseMessage,
  responseCode,
})

export type Handler = (request: Request) => Response | Promise<Response>

/** @param answer the gateway's response to all requests except log-ins */
export function clientBefore(
  answer: Handler,
  login: Handler = () => Response.json(success({ accessToken: 'T1', expiresIn: 3599 })),
) {
  const requests: Request[] = []
  const clock = { nowMs: 0 }
  const client = createMonnify({
    baseUrl: 'https://api.monnify.com',
    apiKey: 'MK',
    secretKey: 'SK',
    contractCode: '1000',
    redirectUrl: 'https://shop.example/return',
    now: () => clock.nowMs,
    fetch: async (request) => {
      requests.push(request.clone())
      return request.url.endsWith('/auth/login') ? login(request) : answer(request)
    },
  })
  return { client, requests, clock }
}
