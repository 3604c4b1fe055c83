import { describe, expect, it } from 'vitest'
import { type Command, createCommands } from '../../../../web/call/session/commands'

function connection() {
  const room = { isOpen: true, sent: [] as Command[] }
  const commands = createCommands((command) => {
    if (room.isOpen) room.sent.push(command)
    return room.isOpen
  })
  return { room, commands }
}

describe('a command', () => {
  it('is sent once, at once, while the room is connected', () => {
    const { room, commands } = connection()
    commands.send('accept')
    commands.sendWaiting()
    expect(room.sent).toEqual(['accept'])
  })

  it('waits for the connection, and is then sent once', () => {
    const { room, commands } = connection()
    room.isOpen = false
    commands.send('accept')
    commands.sendWaiting()
    expect(room.sent).toEqual([])
    room.isOpen = true
    commands.sendWaiting()
    commands.sendWaiting()
    expect(room.sent).toEqual(['accept'])
  })

  it('replaces the command that waits', () => {
    const { room, commands } = connection()
    room.isOpen = false
    commands.send('accept')
    commands.send('hangup')
    room.isOpen = true
    commands.sendWaiting()
    expect(room.sent).toEqual(['hangup'])
  })

  it('that is sent cancels an earlier one that waits', () => {
    const { room, commands } = connection()
    room.isOpen = false
    commands.send('accept')
    room.isOpen = true
    commands.send('decline')
    commands.sendWaiting()
    expect(room.sent).toEqual(['decline'])
  })
})
