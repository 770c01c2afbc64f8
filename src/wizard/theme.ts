/** Colours by what they mean. No sign is carried by colour alone, so `NO_COLOR` loses nothing. */

export type Tone = 'plain' | 'strong' | 'accent' | 'ok' | 'warning' | 'danger' | 'muted'

export interface Style {
  readonly color?: string
  readonly bold?: boolean
  readonly dimColor?: boolean
}

export const theme: Readonly<Record<Tone, Style>> = {
  plain: {},
  strong: { bold: true },
  accent: { color: 'cyan' },
  ok: { color: 'green' },
  warning: { color: 'yellow' },
  danger: { color: 'red', bold: true },
  muted: { dimColor: true },
}
