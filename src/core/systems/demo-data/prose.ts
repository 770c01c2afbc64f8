/** What people and programs talk about in the demo, and in which projects. */
import type { Random } from './random.ts'

/** Folder names: with hyphens, dots, digits, and one that itself ends like a date, so ids read from the right only. */
export const projects = [
  'crackerjack',
  'session-buddy',
  'mahavishnu',
  'jinja2-async-environment',
  'fastblocks.dev',
  'splashstand-2.0',
  'web-3',
  'archive-20251130',
] as const

/** A sentence; two may be the same. */
export function sentence(random: Random): string {
  const what = random.pick([
    'the retry of the hook runner',
    'caching in the résumé parser',
    'the order of the migrations',
    'timeouts of pyright',
    "the team's naming of ids",
    'coverage below 42 %',
    'the 日本語 test fixtures',
  ])
  const verb = random.pick(['Fixed', 'Looked into', 'Explained', 'Gave up on', 'Rewrote', 'Asked about'])
  const why = random.pick([
    'it failed in CI only',
    'two processes wrote at once',
    'nobody remembered why it was there',
    'it said "done" and was not',
  ])
  return `${verb} ${what}, since ${why}.`
}
