/** Formats rows as a table with a heading, padded columns and right-aligned numbers. Pure. */

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text)

export function formatTable(tabled: readonly object[], indent = '  '): string {
  const rows = tabled.map((row): Record<string, unknown> => ({ ...row }))
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cell = (value: unknown) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? '-')
    return (value ?? null) === null ? '-' : text.replaceAll(/\s+/g, ' ')
  }
  const columns = names.map((name) => {
    const cells = rows.map((row) => cell(row[name]))
    const width = Math.max(name.length, ...cells.map((text) => text.length))
    const isRight = cells.every((text) => text === '-' || isNumber(text))
    return [name, ...cells].map((text) => (isRight ? text.padStart(width) : text.padEnd(width)))
  })
  const lines = [...Array(rows.length + 1).keys()].map((line) =>
    columns.map((column) => column[line]).join('  '),
  )
  return lines.map((line) => `${indent}${line}`.trimEnd()).join('\n')
}
