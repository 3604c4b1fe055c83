import type { D1Migration } from 'cloudflare:test'

declare global {
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[]
      JWT_SECRET: string
      MONNIFY_SECRET_KEY: string
    }
  }
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Number of random wallet histories that a test runs. */
    histories: number
  }
}
