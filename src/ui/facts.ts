/** Label and value in two columns; where there is no room for that, the label stands above the value. A fact without a label goes on with the one before. Read aloud: `label: value`. */
import { cell, type Line, line, paragraph, span, unbounded, wrap } from './line.ts'

export type Fact = readonly [label: string, value: string]

const sideBySideFrom = 64

export function factLines(facts: readonly Fact[], width: number, indent = 3): readonly Line[] {
  if (width === unbounded)
    return facts.map(([label, value]) => line(label === '' ? value : `${label}: ${value}`))
  if (width < sideBySideFrom) {
    return facts.flatMap(([label, value]) => [
      ...(label === '' ? [] : [line(' '.repeat(indent), span(label, 'muted'))]),
      ...paragraph(value, width, 'plain', indent + 2),
    ])
  }
  const labels = Math.max(...facts.map(([label]) => label.length), 0) + 3
  return facts.flatMap(([label, value]) =>
    wrap(value, width - indent - labels).map((text, row) =>
      line(' '.repeat(indent), span(cell(row === 0 ? label : '', labels), 'muted'), span(text)),
    ),
  )
}
