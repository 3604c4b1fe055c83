/** The room object's SQLite table: one row with all that a call's room must keep while it sleeps. */
import type { TokenRevocation } from '../../common/tokens/access-token'
import { type Columns, integer, json, nullable, text } from '../../common/sql/columns'
import { Table } from '../../common/sql/rows'
import type { CallView } from '../../wallets/core/wallet'
import type { RoomState } from '../core/room'

export const SCHEMA_STEPS: readonly string[] = [
  `CREATE TABLE room (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    call TEXT NOT NULL,
    revision INTEGER NOT NULL,
    revocations TEXT NOT NULL,
    user_uuid TEXT,
    state TEXT
  );`,
]

interface StoredRoom {
  readonly id: number
  readonly call: CallView
  /** Revision of the wallet that `call` shows. */
  readonly revision: number
  /** Tokens that were revoked while the call was open. */
  readonly revocations: readonly TokenRevocation[]
  /** Owner of the call; null until a client connects. */
  readonly userUuid: string | null
  /** Null until a seat connects. */
  readonly state: RoomState | null
}

const ROOM: Columns<StoredRoom> = {
  id: integer('id'),
  call: json('call'),
  revision: integer('revision'),
  revocations: json('revocations'),
  userUuid: nullable(text('user_uuid')),
  state: nullable(json('state')),
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
