/** Broken promise. */
export class Violation extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Violation'
  }
}

export function hold(isTrue: boolean, message: () => string): void {
  if (!isTrue) throw new Violation(message())
}

/** First difference between an expected and an actual response: its path, and both values. */
export function findDifference(expected: unknown, actual: unknown, path = ''): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length)
      return `${path}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`
    for (const [index, value] of expected.entries()) {
      const difference = findDifference(value, actual[index], `${path}[${index}]`)
      if (difference) return difference
    }
    return undefined
  }
  if (typeof expected === 'object' && expected !== null) {
    const values = actual as Record<string, unknown> | null | undefined
    for (const [name, value] of Object.entries(expected)) {
      const difference = findDifference(value, values?.[name], `${path}.${name}`)
      if (difference) return difference
    }
    return undefined
  }
  return Object.is(expected, actual)
    ? undefined
    : `${path}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`
}
