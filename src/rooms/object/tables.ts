/** The room object's SQLite table: one row with all that a call's room must keep while it sleeps. */
import type { TokenRevocation } from '../../common/tokens/access-token'
import { type Columns, integer, json } from '../../common/sql/columns'
import { Table } from '../../common/sql/rows'
import type { CallView } from '../../wallets/core/wallet'

export const SCHEMA_STEPS: readonly string[] = [
  `CREATE TABLE room (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    call TEXT NOT NULL,
    revision INTEGER NOT NULL,
    revocations TEXT NOT NULL
  );`,
]

interface StoredRoom {
  readonly id: number
  readonly call: CallView
  /** Revision of the wallet that `call` shows. */
  readonly revision: number
  /** Tokens that were revoked while the call was open. */
  readonly revocations: readonly TokenRevocation[]
}

const ROOM: Columns<StoredRoom> = {
  id: integer('id'),
  call: json('call'),
  revision: integer('revision'),
  revocations: json('revocations'),
}

export type RoomRow = Omit<StoredRoom, 'id'>

/** Beyond this, the oldest revocation is dropped; its session has long been disconnected. */
const REVOCATIONS_KEPT = 50

export class RoomStorage {
  readonly #rows: Table<StoredRoom>

  constructor(sql: SqlStorage) {
    this.#rows = new Table(sql, 'room', ROOM)
  }

  load(): RoomRow | undefined {
    return this.#rows.first('WHERE id = 1')
  }

  save(row: RoomRow): void {
    const revocations = row.revocations.slice(-REVOCATIONS_KEPT)
    this.#rows.upsert({ ...row, id: 1, revocations }, 'id')
  }
}
