/** The pure cores that Stryker changes, and the tests that must fail. */
interface Area {
  readonly mutate: readonly string[]
  /** Folder of the tests that must kill the mutants. */
  readonly tests: string
}

export const AREAS = {
  wallets: { mutate: ['src/wallets/core/*.ts'], tests: 'test/wallets/core' },
  payments: { mutate: ['src/payments/core/*.ts'], tests: 'test/payments/core' },
  rooms: { mutate: ['src/rooms/core/*.ts'], tests: 'test/rooms/core' },
  tariffs: { mutate: ['src/tariffs/*.ts', 'src/tariffs/core/*.ts'], tests: 'test/tariffs' },
  limits: { mutate: ['src/limits/policy.ts'], tests: 'test/limits' },
  common: { mutate: ['src/common/money.ts', 'src/common/next-attempt.ts'], tests: 'test/common' },
} as const satisfies Record<string, Area>

export type AreaName = keyof typeof AREAS
