/** Lines over a doubling x, as SVG. Pure. */

export interface Series {
  readonly name: string
  /** Drawn dashed. */
  readonly isFloor: boolean
  /** Pairs of x, a power of two, and y. */
  readonly points: readonly (readonly [number, number])[]
}

const WIDTH = 860
const HEIGHT = 460
const LEFT = 70
const RIGHT = 260
const TOP = 40
const BOTTOM = 50
const COLOURS = ['#3366cc', '#dc3912', '#109618', '#990099', '#0099c6', '#dd8800']

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Rounds up to 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((times) => times * power >= value) ?? 10) * power
}

const text = (x: number, y: number, anchor: string, content: string) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`

/** Plots from 0 to a round number above the highest y. Floors have their own colour. */
export function plotOf(
  title: string,
  xLabel: string,
  yLabel: string,
  all: readonly Series[],
): string {
  const points = all.flatMap(({ points }) => points)
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b)
  const top = roundUp(Math.max(1, ...points.map(([, y]) => y)))
  const span = Math.max(1, Math.log2(xs.at(-1) ?? 1) - Math.log2(xs[0] ?? 1))
  const right = WIDTH - RIGHT
  const bottom = HEIGHT - BOTTOM
  const xOf = (x: number) =>
    Math.round(LEFT + ((Math.log2(x) - Math.log2(xs[0] ?? 1)) / span) * (right - LEFT))
  const yOf = (y: number) => Math.round(bottom - (y / top) * (bottom - TOP))
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = yOf(share * top)
    const rule = `<line x1="${LEFT}" x2="${right}" y1="${y}" y2="${y}" stroke="#ddd"/>`
    return rule + text(LEFT - 8, y + 4, 'end', String(share * top))
  })
  const ticks = xs.map((x) => text(xOf(x), bottom + 18, 'middle', String(x)))
  const lines = all.map(({ name, isFloor, points }, index) => {
    const colour = COLOURS[index % COLOURS.length]
    const dash = isFloor ? ' stroke-dasharray="6 4"' : ''
    const path = points.map(([x, y]) => `${xOf(x)},${yOf(y)}`).join(' ')
    const y = TOP + 10 + index * 20
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>` +
      `<line x1="${right + 16}" x2="${right + 44}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="2"${dash}/>` +
      text(right + 50, y, 'start', name)
    )
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(LEFT, 22, 'start', title),
    ...grid,
    ...ticks,
    text((LEFT + right) / 2, HEIGHT - 12, 'middle', xLabel),
    text(LEFT - 8, TOP - 8, 'end', yLabel),
    ...lines,
    '</svg>',
    '',
  ].join('\n')
}
