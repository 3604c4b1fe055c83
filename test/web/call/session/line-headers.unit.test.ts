import { expect, it } from 'vitest'
import { snapshotOf } from '../../../../web/call/session/line'

const transport = { type: 'transport', selectedCandidatePairId: 'P' }
const pair = { type: 'candidate-pair', id: 'P', bytesSent: 1400, bytesReceived: 2800 }

it.each([
  ['with 28 bytes of headers a packet', { packetsSent: 10, packetsReceived: 20 }, 5040],
  ['as they are, in a browser that counts no packets', {}, 4200],
])('the bytes of a line are counted %s', (_, packets, bytes) => {
  expect(snapshotOf([transport, { ...pair, ...packets }], 0).bytes).toBe(bytes)
})
