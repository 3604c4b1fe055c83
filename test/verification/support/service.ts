/** The service as a user starts it, with limits that a load does not meet, killed as a power switch would. */
import { kill, said, type Service, start } from '../../support/served.ts'

export const MAX_OPEN_CALLS = 6

/** One naira to begin with and one a second: every answered call is charged. */
const TARIFF = {
  id: 'chaos',
  version: 1,
  rates: [{ id: 'everywhere', prefix: '+', kobo_per_minute: 6000, setup_kobo: 100 }],
}
export const HOLD_KOBO = 6100

const VARS: Readonly<Record<string, string>> = {
  SIMULATED_CUSTOMER: 'pays',
  LIMIT_PAYMENTS: '1000/1s',
  LIMIT_CALLS: '1000/1s',
  REFUND_DAY_LIMIT: '99999999',
  CALL_MAX_OPEN: String(MAX_OPEN_CALLS),
  TARIFF: JSON.stringify(TARIFF),
}

const START_MS = 60_000

const running = new Set<Service>()
process.on('exit', () => {
  for (const { process: child } of running) if (child.pid) process.kill(-child.pid, 'SIGKILL')
})

/**
 * @param maxCallSeconds less than 60, so that a call's claim is its hold
 * @throws what the service printed, if it does not serve within a minute
 */
export async function serve(storage: string, maxCallSeconds: number): Promise<Service> {
  const vars = Object.entries({ ...VARS, CALL_MAX_DURATION: `${maxCallSeconds}s` }).flatMap(
    ([name, value]) => ['--var', `${name}:${value}`],
  )
  const service = await start(storage, ...vars)
  running.add(service)
  const timer = setTimeout(() => void killGroup(service), START_MS)
  const isReady = await said(service, 'Ready on')
  clearTimeout(timer)
  if (isReady) return service
  running.delete(service)
  throw new Error(`the service did not start:\n${service.output()}`)
}

/** SIGKILL to the whole process group: node, and the runtime under it. */
export async function killGroup(service: Service): Promise<void> {
  running.delete(service)
  await kill(service)
}
