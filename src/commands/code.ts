import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { Option } from '@commander-js/extra-typings'
import {
  type CodeTarget,
  commandLine,
  type Failure,
  type Outcome,
  type SourceOf,
  type System,
  sourceOf,
  usualGenerator,
  usualInterpreter,
} from '../core/index.ts'
import type { Context } from './context.ts'
import { eachTarget, failedBefore, finish, type Target } from './each-target.ts'
import { usageFailure } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { moduleAndName, repeated } from './option-values.ts'
import { targetCommand } from './options.ts'
import { codeReport, undoneReport } from './reports/code.ts'
import type { Session } from './session.ts'

const place = repeated(/.:\d+$/, 'FILE:LINE')

/** A source tree: a system's, or one that is named by its path. */
interface CodeTargetOf extends Target {
  readonly where: SourceOf
}

/** `code`: shows what would change in source code that makes ids; `--write` changes it, `--undo` takes that back. */
export function codeCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('code')
    .summary('update source code that makes ids')
    .addHelpText(
      'before',
      examples(
        [
          'What would change in the source of a system, as a diff',
          'ulid-migrate code crackerjack --projects ~/projects',
        ],
        ['Change it', 'ulid-migrate code crackerjack --projects ~/projects --write'],
        [
          'Source code of any folder, with a generator of its own',
          'ulid-migrate code src --generator dhruva:generate',
        ],
        ['Put back what the last run changed', 'ulid-migrate code src --undo'],
      ),
    )
    .description(
      'Finds where source code makes ids, and shows as a unified diff what would change, with the reason for each place. With --write the files are changed; copies of them are kept, and --undo puts them back.',
    )
    .argument('[targets...]', 'systems by name, or files and folders of source code')
    .option(
      '--generator <source>',
      'what makes ULIDs: MODULE:NAME (default: that of the system)',
      moduleAndName,
    )
    .option('--put-generator', 'put a tested Python module of ours in the place of the generator')
    .addOption(
      new Option('--case <case>', 'letters of the ULIDs that the module makes').choices([
        'upper',
        'lower',
      ] as const),
    )
    .option('--change <site>', 'change FILE:LINE, which is asked about; repeatable', place)
    .option('--leave <site>', 'leave FILE:LINE as it is; repeatable', place)
    .option('--write', 'change the files')
    .option('--allow-dirty', 'change files that have changes which are not committed')
    .option(
      '--accept <object>',
      'go on in spite of the finding on OBJECT; repeatable',
      repeated(/./, 'a name'),
    )
    .option('--undo [run]', 'put back what the last run, or this one, changed')
    .action((words, options) =>
      inSession(context, ended, 'code', options, async session => {
        if (options.undo !== undefined) return undo(session, options.undo)
        const found = targetsOf(session, words)
        if (found.type === 'failed') return finish(session, failedBefore(session, found.error, []))
        const chosen = {
          named: options.generator !== undefined,
          putGenerator: options.putGenerator === true,
          case: options.case ?? 'upper',
          change: options.change ?? [],
          leave: options.leave ?? [],
          write: options.write === true,
          allowDirty: options.allowDirty === true,
          accept: options.accept ?? [],
        }
        const done = await eachTarget(session, found.value, async target => {
          const outcome = await session.ask(
            'code',
            {
              ...target.where,
              ...chosen,
              generator: options.generator ?? target.where.generator,
            },
            { name: target.name, findings: true },
          )
          if (outcome.type === 'failed') return outcome
          session.print(codeReport(outcome.value, session.verbose, nextOf(session, outcome.value)))
          return { type: 'done', document: outcome.value }
        })
        const written = done.documents.some(document => document.written)
        return finish(session, done, written ? { run: session.run } : {})
      }),
    )
}

async function undo(session: Session, run: string | true): Promise<number> {
  const outcome = await session.ask('undo-code', run === true ? {} : { run }, {
    name: 'source code',
    findings: true,
  })
  if (outcome.type === 'failed') return finish(session, failedBefore(session, outcome.error, []))
  session.print(undoneReport(outcome.value))
  return finish(session, { documents: [outcome.value], error: null, declined: 0, notStarted: [] })
}

/** What to do next, where anything would change. */
function nextOf(session: Session, document: CodeTarget): string {
  if (document.written) return commandLine('code', '--undo', session.run)
  if (document.changed.length + document.made.length === 0) return ''
  return commandLine(...session.context.argv, '--write')
}

function targetsOf(session: Session, words: readonly string[]): Outcome<readonly CodeTargetOf[]> {
  const { folder } = session.context
  const systems = session.systems()
  if (words.length === 0)
    return {
      type: 'failed',
      error: usageFailure('CODE.UNNAMED', {
        object: 'code',
        message: 'Name a system, or a file or folder of source code.',
        why: `The systems are ${systems.map(each => each.name).join(', ')}.`,
        next: 'ulid-migrate code PATH',
      }),
    }
  const targets: CodeTargetOf[] = []
  for (const word of words) {
    const path = resolve(folder, word)
    const system = systems.find(each => each.name === word)
    const there = statSync(path, { throwIfNoEntry: false }) !== undefined
    const source = system === undefined ? null : sourceOf(system)
    if (source !== null) targets.push({ path: source.target, name: word, where: source })
    else if (there) targets.push(ofPath(path))
    else return { type: 'failed', error: notFound(word, system) }
  }
  return { type: 'result', value: targets }
}

function ofPath(path: string): CodeTargetOf {
  return {
    path,
    name: basename(path),
    where: {
      target: path,
      system: '',
      paths: [path],
      generator: usualGenerator,
      interpreter: usualInterpreter,
    },
  }
}

function notFound(word: string, system: System | undefined): Failure {
  return usageFailure('CODE.NOT_THERE', {
    object: word,
    message: system
      ? `The source tree of ${system.title} was not found.`
      : 'There is no such system, file or folder.',
    why: system
      ? `Looked for ${system.folders.join(', ')}.`
      : 'It is neither the name of a system nor a path.',
    next: system ? commandLine('code', word, '--projects', 'DIR') : 'ulid-migrate code PATH',
  })
}
