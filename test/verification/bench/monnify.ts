/** A Monnify that reports every payment as paid. */
const success = (responseBody: object) =>
  Response.json({
    requestSuccessful: true,
    responseMessage: 'success',
    responseCode: '0',
    responseBody,
  })

export const MONNIFY_URL = 'https://monnify.invalid'

/**
 * @param reversed references of payments that banks have reversed
 * @throws for any other network request of the service
 */
export function createMonnify(
  reversed: ReadonlySet<string> = new Set(),
): (request: Request) => Promise<Response> {
  const paidNaira = new Map<string, number>()

  return async (request) => {
    const { origin, pathname, searchParams } = new URL(request.url)
    if (origin !== MONNIFY_URL) throw new Error(`nothing is asked of ${origin}`)
    if (pathname === '/api/v1/auth/login') return success({ accessToken: 'bench', expiresIn: 3600 })
    if (pathname === '/api/v1/merchant/transactions/init-transaction') {
      const { paymentReference, amount } = (await request.json()) as {
        paymentReference: string
        amount: number
      }
      paidNaira.set(paymentReference, amount)
      const transactionReference = `MNFY|${paymentReference}`
      return success({ transactionReference, checkoutUrl: `${MONNIFY_URL}/checkout` })
    }
    const paymentReference = searchParams.get('paymentReference') ?? ''
    const amount = paidNaira.get(paymentReference)
    if (amount === undefined) throw new Error(`nobody began ${paymentReference}`)
    return success({
      transactionReference: `MNFY|${paymentReference}`,
      paymentReference,
      paymentStatus: reversed.has(paymentReference) ? 'REVERSED' : 'PAID',
      amountPaid: (reversed.has(paymentReference) ? 0 : amount).toFixed(2),
      totalPayable: amount.toFixed(2),
      currency: 'NGN',
    })
  }
}
