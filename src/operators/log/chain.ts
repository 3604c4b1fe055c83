/** The hash chain of the log of actions. Pure. */
import { canonicalJson } from '../../receipts/core/canonical'
import type { operatorActions } from './table'
import { sha256Hex } from '../../common/sha256'

export type ActionEntry = typeof operatorActions.$inferSelect

/** Head of a log without entries. */
export const EMPTY_HEAD = { seq: 0, hash: '0'.repeat(64) } as const

export type Head = Pick<ActionEntry, 'seq' | 'hash'>

export type ActionContent = Omit<ActionEntry, 'seq' | 'previousHash' | 'hash'>

const hashOf = (entry: Omit<ActionEntry, 'hash'>): string => sha256Hex(canonicalJson({ ...entry }))

export function appendTo(head: Head, content: ActionContent): ActionEntry {
  const entry = { ...content, seq: head.seq + 1, previousHash: head.hash }
  return { ...entry, hash: hashOf(entry) }
}

/**
 * Finds the first entry that does not continue the chain.
 * @param head entry before the first one
 * @param entries in order
 * @returns its number, or `undefined` if the chain is complete
 */
export function brokenAt(head: Head, entries: readonly ActionEntry[]): number | undefined {
  let previous = head
  for (const entry of entries) {
    const { hash, ...rest } = entry
    const continues = entry.seq === previous.seq + 1 && entry.previousHash === previous.hash
    if (!continues || hashOf(rest) !== hash) return previous.seq + 1
    previous = entry
  }
  return undefined
}
