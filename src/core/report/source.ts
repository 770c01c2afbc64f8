/** What the report says of a system's source code. */

import type { CodeGenerator, CodeSite, CodeTarget } from '../documents.ts'
import type { Message } from '../message.ts'
import type { SourceReport } from '../run-report.ts'
import { commandLine } from '../shell.ts'
import { withCommas } from '../with-commas.ts'

const nothing: SourceReport = {
  files: 0,
  old: [],
  undecided: [],
  using: [],
  unread: [],
  rejecting: 0,
  generators: [],
  error: null,
}

export function sourceNotLookedAt(error: Message): SourceReport {
  return { ...nothing, error }
}

export function sourceFound({ files, sites, findings, using, generators }: CodeTarget): SourceReport {
  const of = (...codes: readonly string[]) => findings.filter(each => codes.includes(each.code))
  return {
    ...nothing,
    files,
    old: sites.filter(each => each.verdict === 'change'),
    undecided: sites.filter(each => each.verdict === 'ask'),
    using,
    unread: of('CODE.NOT_READ', 'CODE.NOT_UNDERSTOOD', 'CODE.NOT_CHANGED').map(each => each.object),
    rejecting: of('CODE.VALIDATOR', 'CODE.PART_READ').length,
    generators,
  }
}

/** What is left to do in it, each with the command; none where nothing is. */
export function sourceWords(system: string, source: SourceReport): readonly string[] {
  const { old, undecided, unread, rejecting, error } = source
  const command = commandLine('code', system)
  if (error !== null) return [`its source was not looked at: ${error.message} ${error.next}`]
  return [
    ...(old.length > 0
      ? [
          `${counted(old.length, 'place')} in the source still ${old.length === 1 ? 'makes' : 'make'} old ids (${places(old)}): ${command}`,
        ]
      : []),
    ...brokenGenerators(source).map(
      each => `${nameOf(each)} ${badly(each)}: ${commandLine('code', system, '--put-generator')}`,
    ),
    ...(undecided.length > 0
      ? [
          `${counted(undecided.length, 'place')} for you to decide (${places(undecided)}): ${command} --change FILE:LINE`,
        ]
      : []),
    ...(unread.length > 0 ? [`not read: ${some(unread)}`] : []),
    ...(rejecting > 0
      ? [`${counted(rejecting, 'place')} would reject a ULID, or read a part of an id: ${command}`]
      : []),
  ]
}

/** What the source makes its ids with, or is to, and does not do. */
export function brokenGenerators({ generators }: SourceReport): readonly CodeGenerator[] {
  return generators.filter(each => each.state !== 'good')
}

export function nameOf({ module, name }: CodeGenerator): string {
  return `${module}:${name}`
}

export function counted(count: number, what: string): string {
  return `${withCommas(count)} ${what}${count === 1 ? '' : 's'}`
}

function badly({ state, interpreter, reasons }: CodeGenerator): string {
  const why = reasons[0] === undefined ? '' : ` (${reasons[0]})`
  return state === 'missing' ? `is not there for ${interpreter}${why}` : `makes no good ULIDs${why}`
}

function places(sites: readonly CodeSite[]): string {
  return some(sites.map(({ file, line }) => `${file}:${line}`))
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown
}
