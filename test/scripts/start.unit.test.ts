import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterAll, describe, expect, it } from 'vitest'
import { descendantsOf } from '../../scripts/process-tree'
import { planStart, simulatorsLine, type StartPlan } from '../../scripts/start-flags'
import { heldBy, lockState } from '../../scripts/state-lock'

const place = { port: undefined, cwd: '/here', defaultFolder: '/root/.wrangler/state' }

function plan(line: string, port?: string): StartPlan {
  const planned = planStart(line.split(' ').filter(Boolean), { ...place, port })
  if (typeof planned === 'string') throw new Error(planned)
  return planned
}

describe('a start', () => {
  it.each([
    ['', 'dev --ip 127.0.0.1 --port 8787 --persist-to /root/.wrangler/state --live-reload'],
    [
      '--port 9000',
      'dev --ip 127.0.0.1 --port 9000 --persist-to /root/.wrangler/state --live-reload',
    ],
    [
      '--port=9000 --port 9001',
      'dev --ip 127.0.0.1 --port 9001 --persist-to /root/.wrangler/state --live-reload',
    ],
    ['--persist-to x', 'dev --ip 127.0.0.1 --port 8787 --persist-to /here/x --live-reload'],
    [
      '--persistTo=/x --var A:1 B:2',
      'dev --var A:1 B:2 --ip 127.0.0.1 --port 8787 --persist-to /x --live-reload',
    ],
    [
      '--expose-simulators',
      'dev --ip 127.0.0.1 --port 8787 --persist-to /root/.wrangler/state --live-reload',
    ],
    [
      '--ip 0.0.0.0 --var MONNIFY_SIMULATOR:on -- --ip x',
      'dev --var MONNIFY_SIMULATOR:on --ip 0.0.0.0 --port 8787 --persist-to /root/.wrangler/state --live-reload --var MONNIFY_SIMULATOR:off -- --ip x',
    ],
    [
      '--live-reload=false',
      'dev --live-reload=false --ip 127.0.0.1 --port 8787 --persist-to /root/.wrangler/state',
    ],
    [
      '--no-live-reload',
      'dev --no-live-reload --ip 127.0.0.1 --port 8787 --persist-to /root/.wrangler/state',
    ],
    [
      '-r',
      'dev -r --ip 127.0.0.1 --port 8787 --persist-to /root/.wrangler/state --var MONNIFY_SIMULATOR:off',
    ],
  ])('with %j runs wrangler %j', (line, expected) => {
    expect(plan(line).wranglerArgs.join(' ')).toBe(expected)
  })

  it('reads PORT, and prefers the flag', () => {
    expect(plan('', '9000').port).toBe(9000)
    expect(plan('--port 9001', '9000').port).toBe(9001)
    expect(plan('', '').port).toBe(8787)
  })

  it.each([
    ['', true],
    ['--ip localhost', true],
    ['--ip=127.0.0.2', true],
    ['--ip ::1', true],
    ['--ip 0.0.0.0', false],
    ['--ip=0.0.0.0', false],
    ['--ip ::', false],
    ['--ip *', false],
    ['--ip 192.168.0.7', false],
    ['--ip ::ffff:127.0.0.1', false],
    ['--ip localhost.example', false],
    ['--ip 127.0.0.1 --ip 0.0.0.0', false],
    ['--ip 0.0.0.0 --expose-simulators', true],
    ['--expose-simulators --ip=::', true],
    ['--tunnel', false],
    ['--tunnel-name x', false],
    ['--remote', false],
    ['-r', false],
    ['--tunnel --expose-simulators', true],
  ])('with %j has simulators: %s', (line, hasSimulators) => {
    const planned = plan(line)
    expect(planned.hasSimulators).toBe(hasSimulators)
    expect(planned.wranglerArgs.includes('MONNIFY_SIMULATOR:off')).toBe(!hasSimulators)
    expect(planned.wranglerArgs).not.toContain('--expose-simulators')
    expect(simulatorsLine(planned)).toContain(
      hasSimulators ? '' : '--expose-simulators enables them',
    )
  })

  it.each([
    ['--ip', '--ip needs a value.'],
    ['--ip=', '--ip needs a value.'],
    ['--port --ip x', '--port needs a value.'],
    ['--persist-to', '--persist-to needs a value.'],
    ['--persist-to --ip 0.0.0.0', '--persist-to needs a value.'],
    ['--port nine', 'not nine'],
    ['--port 70000', 'not 70000'],
    ['--expose-simulators=no', '--expose-simulators takes no value.'],
  ])('with %j is rejected: %s', (line, message) => {
    expect(planStart(line.split(' '), place)).toContain(message)
  })
})

describe('the lock of a state folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aileana-lock-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const owner = {
    pid: process.pid,
    host: hostname(),
    port: 8787,
    startedAt: '2026-03-14T10:15:30Z',
  }
  const codeOf = (
    held: string,
  ) => `import { lockState } from ${JSON.stringify(join(import.meta.dirname, '../../scripts/state-lock.ts'))}
    const lock = lockState(${JSON.stringify(held)}, { ...${JSON.stringify(owner)}, pid: process.pid })
    console.log(typeof lock === 'string' ? lock : 'held')`
  const another = (held = folder) =>
    spawnSync(process.execPath, ['-e', codeOf(held)], { encoding: 'utf8' }).stdout

  it('ends with its owner, whose name a second service receives', () => {
    expect(another()).toBe('held\n')
    const lock = lockState(folder, owner)
    if (typeof lock === 'string') throw new Error(lock)
    expect(another()).toContain(`process ${process.pid}, on port 8787, since 2026-03-14T10:15:30Z`)
    lock.notePort(9000)
    expect(another()).toContain(`process ${process.pid}, on port 9000`)
  })

  it('names an owner on another machine, whose process ID has no meaning here', () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const shared = join(folder, 'shared')
    const lock = lockState(shared, { ...owner, pid, host: 'box' })
    if (typeof lock === 'string') throw new Error(lock)
    expect(another(shared)).toContain(`process ${pid} on box, on port 8787`)
  })

  it('explains why a folder cannot be locked', () => {
    const file = join(folder, 'service.json')
    expect(lockState(file, owner)).toContain(`The state in ${file} cannot be locked: `)
  })

  it.each([
    [undefined, 'Another service uses the state in /s. Stop it,'],
    [owner, `process ${owner.pid}, on port 8787, since`],
    [{ ...owner, port: 0, host: 'box' }, `process ${owner.pid} on box, since`],
  ])('held by %j is reported as %j', (known, sentence) => {
    expect(heldBy(known, '/s')).toContain(sentence)
  })
})

describe('the descendants of a process', () => {
  it.each([
    [1, []],
    [2, [4, 3]],
    [5, [6]],
  ])('of %i are %j, children first', (root, expected) => {
    const rows = [
      [2, 9],
      [3, 2],
      [4, 3],
      [5, 9],
      [6, 5],
      [5, 6],
    ] as const
    expect(descendantsOf(root, rows)).toEqual(expected)
  })
})
