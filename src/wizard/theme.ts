/**
 * Colours by what they mean. No sign is carried by colour alone, so `NO_COLOR` loses nothing.
 *
 * The sixteen colours of a terminal are its own affair, and its yellow and cyan cannot be read on white. These are fixed,
 * and dark enough for white and light enough for black; where there are only sixteen, Ink takes the nearest.
 */

export type Tone = 'plain' | 'strong' | 'accent' | 'ok' | 'warning' | 'danger' | 'muted'

export interface Style {
  readonly color?: string
  readonly bold?: boolean
  readonly dimColor?: boolean
}

export const theme: Readonly<Record<Tone, Style>> = {
  plain: {},
  strong: { bold: true },
  accent: { color: 'ansi256(30)' },
  ok: { color: 'ansi256(28)' },
  warning: { color: 'ansi256(136)' },
  danger: { color: 'ansi256(196)', bold: true },
  muted: { dimColor: true },
}
