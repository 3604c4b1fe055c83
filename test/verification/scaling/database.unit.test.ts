import { expect, it } from 'vitest'
import { createDatabase } from './database'
import { createEvents } from './events'

it('writes one batch after the other, and none during an outage', () => {
  const events = createEvents()
  const outage = { fromMs: 20, untilMs: 30 }
  const database = createDatabase(events, { batchMs: 5, rowMs: 1, outage })
  const done: [write: string, isWritten: boolean, atMs: number][] = []
  const write = (name: string, rows: number, atMs: number) =>
    events.at(atMs, () =>
      database.write(rows, (isWritten) => done.push([name, isWritten, events.nowMs()])),
    )
  write('first', 1, 0)
  write('behind it', 3, 2)
  write('under way', 2, 15)
  write('waiting', 1, 16)
  write('while away', 1, 25)
  write('afterwards', 1, 31)
  events.run()
  expect(done).toEqual([
    ['first', true, 6],
    ['behind it', true, 14],
    ['under way', false, 20],
    ['waiting', false, 20],
    ['while away', false, 25],
    ['afterwards', true, 37],
  ])
})
