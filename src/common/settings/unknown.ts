/** Finds variables that no setting reads but that resemble one, and so are probably misspelt. */
import { logWarning } from '../log'

const MAX_TYPOS = 2
const MAX_NAME_LENGTH = 60

export interface UnknownSetting {
  readonly setting: string
  readonly nearest: string
}

/** Levenshtein distance: the least number of inserted, deleted and replaced characters. */
export function editDistance(from: string, to: string): number {
  let distances = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [row, letter] of Array.from(from).entries()) {
    const next = [row + 1]
    for (let column = 0; column < to.length; column++)
      next.push(
        Math.min(
          (distances[column] ?? 0) + Number(letter !== to[column]),
          (distances[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
        ),
      )
    distances = next
  }
  return distances.at(-1) ?? 0
}

function commonLength(name: string, other: string): number {
  let length = 0
  while (length < name.length && name[length] === other[length]) length += 1
  return length
}

/** `LIMIT_` of `LIMIT_CALLS`. */
const prefixOf = (name: string): string => name.replace(/_.*/, '_')

/** Finds the setting that a name resembles: with at most two typos, or with the same prefix. */
function nearestOf(name: string, settings: readonly string[]): string | undefined {
  const upper = name.slice(0, MAX_NAME_LENGTH).toUpperCase()
  const near = settings
    .map((setting) => ({
      setting,
      typos: editDistance(upper, setting),
      common: commonLength(upper, setting),
    }))
    .toSorted((a, b) => a.typos - b.typos)
  const [closest] = near
  if (closest && closest.typos <= MAX_TYPOS) return closest.setting
  const [alike] = near
    .filter(({ setting }) => upper.startsWith(prefixOf(setting)))
    .toSorted((a, b) => b.common - a.common)
  return alike?.setting
}

/** @param names names of the environment's variables and bindings */
export const unknownSettings = (
  names: readonly string[],
  settings: readonly string[],
): UnknownSetting[] =>
  names.flatMap((name) => {
    if (settings.includes(name)) return []
    const nearest = nearestOf(name, settings)
    return nearest === undefined ? [] : [{ setting: name.slice(0, MAX_NAME_LENGTH), nearest }]
  })

/** @param retired replacements of settings that this release no longer reads, by their names */
export function warnOfUnknownSettings(
  names: readonly string[],
  settings: readonly string[],
  retired: Readonly<Record<string, string>> = {},
): void {
  for (const setting of names.filter((name) => Object.hasOwn(retired, name)))
    logWarning('setting_retired', {
      setting,
      message: `${setting} has no effect any more: ${retired[setting]} instead. Delete it when no rollback to the previous release is needed.`,
    })
  const unread = names.filter((name) => !Object.hasOwn(retired, name))
  for (const unknown of unknownSettings(unread, settings))
    logWarning('setting_unknown', {
      ...unknown,
      message: `${unknown.setting} is not a setting and has no effect. Did you mean ${unknown.nearest}?`,
    })
}
