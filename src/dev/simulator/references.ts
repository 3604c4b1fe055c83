/** Parts of the references that Monnify allocates. */

/** Time as digits, such as `20260314101530`, in UTC. */
export const stampOf = (ms: number): string =>
  new Date(ms).toISOString().replaceAll(/\D/g, '').slice(0, 14)

export const serialNumber = (): string =>
  crypto.getRandomValues(new Uint32Array(1)).join('').padStart(10, '0')
