import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPlatform, type Platform } from '../simulation/platform'
import { abortEverywhere } from './abort-points'
import { SCENES } from './abort-scenes'
import { watchRejections } from './run'

let platform: Platform
let points = 0
const rejections: unknown[] = []
let unwatch: () => void

beforeAll(() => {
  platform = installPlatform(0)
  unwatch = watchRejections((error) => rejections.push(error))
})

afterAll(() => {
  unwatch()
  platform.restore()
  process.stdout.write(`streams, aborted: ${SCENES.length} commands, ${points} points in all\n`)
})

test.each(SCENES)(
  '$title: has the same result after an abort at any storage call',
  async (scene) => {
    const converged = await abortEverywhere(platform, scene)
    points += converged.points
    expect(converged.astray).toEqual([])
    expect(rejections).toEqual([])
  },
)
