/**
 * Every glyph that is not plain ASCII, in one place, with an ASCII set beside it: some of these take two cells in
 * East Asian settings, and a console without UTF-8 has none of them. No emoji: their width is anybody's guess.
 */
import figures, { mainSymbols } from 'figures'

export interface Symbols {
  readonly done: string
  readonly now: string
  readonly toCome: string
  readonly notNeeded: string
  readonly bad: string
  readonly warning: string
  readonly pointer: string
  readonly on: string
  readonly off: string
  readonly mentioned: string
  readonly rule: string
  readonly full: string
  readonly empty: string
  readonly cut: string
  readonly cursor: string
  readonly spinner: readonly string[]
}

const shared = {
  notNeeded: '-',
  warning: '!',
  on: '[x]',
  off: '[ ]',
  // ASCII on purpose: some consoles draw braille spinners as boxes (TERMINAL 4).
  spinner: ['|', '/', '-', '\\'],
} as const

export const unicodeSymbols: Symbols = {
  ...shared,
  done: '✓',
  now: mainSymbols.bullet,
  toCome: '○',
  bad: '✗',
  pointer: mainSymbols.pointerSmall,
  mentioned: '·',
  rule: mainSymbols.line,
  full: mainSymbols.square,
  empty: mainSymbols.squareLightShade,
  cut: mainSymbols.ellipsis,
  cursor: mainSymbols.squareLeft,
}

export const asciiSymbols: Symbols = {
  ...shared,
  done: '+',
  now: '*',
  toCome: 'o',
  bad: 'x',
  pointer: '>',
  mentioned: '.',
  rule: '-',
  full: '#',
  empty: '.',
  cut: '~',
  cursor: '_',
}

/** The signs as words, for what is read line by line, or aloud. */
export const spokenSymbols: Symbols = {
  done: 'ok:',
  now: 'now:',
  toCome: 'to come:',
  notNeeded: 'not needed:',
  bad: 'failed:',
  warning: 'note:',
  pointer: '',
  on: 'chosen:',
  off: 'not chosen:',
  mentioned: 'mentioned:',
  rule: '',
  full: '',
  empty: '',
  cut: '~',
  cursor: '',
  spinner: [''],
}

/** Whether the locale says anything other than UTF-8, as C and POSIX do; none at all is taken for UTF-8. */
function foreignLocale(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || ''
  return /^(C|POSIX)$|\./.test(locale) && !/utf-?8/i.test(locale)
}

/** @returns the set that the terminal described by `environment` can show */
export function symbolsFor(environment: Readonly<Record<string, string | undefined>>): Symbols {
  // The launcher sets it for every way in which that can be asked for.
  if (environment.ULID_MIGRATE_PLAIN === '1') return spokenSymbols
  const capable = figures.tick === mainSymbols.tick
  return capable && !foreignLocale(environment) ? unicodeSymbols : asciiSymbols
}

export const symbols: Symbols = symbolsFor(process.env)
