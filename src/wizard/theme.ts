/**
 * Colours by what they mean. No sign is carried by colour alone, so `NO_COLOR` loses nothing.
 */

export type Tone = 'plain' | 'strong' | 'accent' | 'ok' | 'warning' | 'danger' | 'muted'

export interface Style {
  readonly color?: string
  readonly bold?: boolean
  readonly dimColor?: boolean
}

export type Theme = Readonly<Record<Tone, Style>>

/** Fixed colours, dark enough for white and light enough for black. */
export const manyColours: Theme = {
  plain: {},
  strong: { bold: true },
  accent: { color: 'ansi256(30)' },
  ok: { color: 'ansi256(28)' },
  warning: { color: 'ansi256(136)' },
  danger: { color: 'ansi256(196)', bold: true },
  muted: { dimColor: true },
}

/** Sixteen colours are the terminal's own affair: these are the three that can be read on white and on black. */
export const sixteenColours: Theme = {
  ...manyColours,
  accent: { color: 'magenta' },
  ok: { color: 'green' },
  warning: { color: 'red' },
  danger: { color: 'red', bold: true },
}

/** @param depth bits of a colour; chalk sends the codes of 256 colours also to a terminal that has fewer */
export function themeFor(depth: number): Theme {
  return depth < 8 ? sixteenColours : manyColours
}

export const theme: Theme = themeFor(process.stdout.isTTY ? process.stdout.getColorDepth() : 8)
