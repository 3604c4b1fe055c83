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
  it('is sent once and immediately while the room is connected', () => {
    const { room, commands } = connection()
    commands.send('accept')
    commands.see('ringing')
    commands.see('answering')
    expect(room.sent).toEqual(['accept'])
  })

  it('waits for the connection, and is then sent once', () => {
    const { room, commands } = connection()
    room.isOpen = false
    commands.send('accept')
    commands.see('ringing')
    expect(room.sent).toEqual([])
    room.isOpen = true
    commands.see('ringing')
    commands.see('ringing')
    expect(room.sent).toEqual(['accept'])
  })

  it('replaces the command that waits', () => {
    const { room, commands } = connection()
    room.isOpen = false
    commands.send('accept')
    commands.send('hangup')
    room.isOpen = true
    commands.see('live')
    expect(room.sent).toEqual(['hangup'])
  })

  it('that is sent cancels an earlier one that waits', () => {
    const { room, commands } = connection()
    room.isOpen = false
    commands.send('accept')
    room.isOpen = true
    commands.send('decline')
    commands.see('ringing')
    expect(room.sent).toEqual(['decline'])
  })

  it.each([
    ['hangup', 'live', ['hangup', 'hangup']],
    ['hangup', 'ending', ['hangup']],
    ['hangup', 'no_media', ['hangup']],
    ['accept', 'ringing', ['accept', 'accept']],
    ['accept', 'answering', ['accept']],
    ['decline', 'live', ['decline']],
  ] as const)(
    '%s is sent again if its connection is lost, unless it had an effect: %s',
    (command, phase, expected) => {
      const { room, commands } = connection()
      commands.send(command)
      commands.lose()
      commands.see(phase)
      commands.see(phase)
      expect(room.sent).toEqual(expected)
    },
  )
})
