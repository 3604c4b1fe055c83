/** Tariffs that never change. */
import { ok } from '../../src/common/result'
import type { ReadTariffAt } from '../../src/tariffs/copy'
import { readTariff } from '../../src/tariffs/tariff'

/** @param configured as the setting `TARIFF` */
export function fixedTariff(configured: unknown): ReadTariffAt {
  const found = ok({ tariff: readTariff(configured), nextChangeMs: undefined })
  return () => Promise.resolve(found)
}
