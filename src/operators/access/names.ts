/** Names of operators, for people who read UUIDs in rows. */
import type { OperatorSessionStore } from './session-store'

export interface NamesDeps {
  readonly operatorSessions: OperatorSessionStore
}

/** Names by UUID. */
export type Names = ReadonlyMap<string, string>

/** A row of an older release names its operator by a name, which stays as it is. */
export const nameIn = (names: Names, operator: string): string => names.get(operator) ?? operator

export const namesOf = (
  { operatorSessions }: NamesDeps,
  operators: readonly (string | null)[],
): Promise<Names> => operatorSessions.namesOf(operators.filter((operator) => operator !== null))
