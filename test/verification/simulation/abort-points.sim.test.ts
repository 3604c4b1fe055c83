import { afterAll, beforeAll, expect, test } from 'vitest'
import { abortEverywhere } from './abort-points'
import { SCENES } from './abort-scenes'
import { installPlatform, type Platform } from './platform'

let platform: Platform
let commands = 0
let points = 0

beforeAll(() => {
  platform = installPlatform(0)
})

afterAll(() => {
  platform.restore()
  process.stdout.write(`aborted: ${commands} commands, ${points} points in all\n`)
})

test.each(SCENES)(
  '$title: has the same result after an abort at any storage call',
  async (scene) => {
    const converged = await abortEverywhere(platform, scene)
    commands += 1
    points += converged.points
    expect(converged.astray).toEqual([])
  },
)
