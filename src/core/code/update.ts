/** Updates the source code of one target: looks, shows what would change and why, tries the generator, writes. */
import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import type { Context } from '../context.ts'
import type { CodeGenerator, CodeSite, CodeTarget } from '../documents.ts'
import { type Message, precondition, usage } from '../message.ts'
import type { Requests } from '../requests.ts'
import { inShell } from '../shell.ts'
import { callOf, changesOf, importOf, type Source } from './change-file.ts'
import { checkGenerator } from './check-generator.ts'
import { type Rewrite, rewriteKept, shownName } from './code-runs.ts'
import { applyEdits } from './edits.ts'
import { type FoundValidator, oneLine } from './find-validators.ts'
import type { GraphClass } from './graph-classes.ts'
import { graphClassesOf, look } from './look.ts'
import { rootOf, searchedFor } from './put/module-name.ts'
import { type Putting, placeOf } from './put/place.ts'
import type { Site } from './site.ts'
import { isInside, parseSource } from './source-file.ts'
import { readSource } from './source-text.ts'
import { languageOf, sourcesIn } from './source-tree.ts'
import { uncommitted } from './uncommitted.ts'
import { type ExplainedEdit, unifiedDiff } from './unified-diff.ts'
import { usesGenerator } from './uses-generator.ts'

/** With the folder that the system is started in, from which its modules are found and its files are shown. */
export type CodeRequest = Requests['code'] & { readonly folder: string }
type Request = CodeRequest

/** What JavaScript and TypeScript make ULIDs with. */
const ulidPackage: Source = { module: 'ulid', name: 'ulid' }

/** What one file comes to. */
interface Updated {
  readonly sites: readonly CodeSite[]
  readonly findings: readonly Message[]
  readonly rewrite: Rewrite | null
  readonly diff: string
  /** The language in which it makes ids; null where it makes none. */
  readonly makes: string | null
  /** Whether it makes them with the generator already. */
  readonly uses: boolean
}

export async function updateCode(asked: Requests['code'], context: Context): Promise<CodeTarget> {
  const folder = asked.folder ?? rootOf(asked.target)
  const request: Request = { ...asked, folder }
  const { target } = request
  const paths = pathsOf(request)
  const putting = placeOf(request, paths)
  const updated: Updated[] = []
  const graph = await graphIn(paths, folder, context)
  const using: string[] = []
  let files = 0
  for (const path of paths) {
    await context.breathe()
    files += 1
    if (path === putting.registryPath && request.trial === 'used') using.push(path)
    if (path === putting.path || path === putting.registryPath) continue
    const file = updateFile(path, request, putting, graph)
    if (file.uses) using.push(path)
    updated.push(file)
  }
  const sites = updated.flatMap(each => each.sites)
  assertNamedSites(request, sites)
  assertWholeGraph(sites)
  const makes = new Set(updated.flatMap(each => each.makes ?? []))
  const made = makes.has('python') ? putting.made() : []
  const tried: CodeGenerator[] = []
  const calls = new Set([...makes, ...using.flatMap(path => languageOf(path)?.name ?? [])])
  const trying = request.write || request.trial !== 'never'
  if (trying && (calls.has('python') || request.putGenerator))
    tried.push(
      await checkGenerator({
        ...putting.generator,
        language: 'python',
        interpreter: request.interpreter,
        folder,
        ...(putting.path === null ? {} : { root: searchedFor(putting.path, putting.generator.module) }),
        ...(putting.text === null ? {} : { text: putting.text }),
      }),
    )
  if (trying && calls.has('javascript'))
    tried.push(
      await checkGenerator({ ...ulidPackage, language: 'javascript', interpreter: ['node'], folder }),
    )
  const rewrites = [...made, ...updated.flatMap(each => each.rewrite ?? [])]
  const document: CodeTarget = {
    target,
    system: request.system,
    files,
    sites,
    findings: [
      ...updated.flatMap(each => each.findings),
      ...tried.flatMap(each => generatorFinding(each, request)),
    ],
    changed: rewrites.filter(each => each.before !== null).map(each => shownName(folder, each.path)),
    made: made.map(each => shownName(folder, each.path)),
    diff: [
      ...made.map(({ path, after }) =>
        unifiedDiff(shownName(folder, path), '', [{ start: 0, end: 0, text: after, why: '' }], true),
      ),
      ...updated.map(each => each.diff),
    ].join(''),
    written: false,
    generators: tried,
    using: using.map(path => shownName(folder, path)),
  }
  if (!request.write || rewrites.length === 0) return document
  for (const each of tried) assertGenerator(each, request)
  await assertCommitted(rewrites, request)
  rewriteKept(
    { run: context.run, at: new Date(context.now()).toISOString(), target, system: request.system },
    rewrites,
    context.settings,
  )
  return { ...document, written: true }
}

function pathsOf({ target, folder, paths }: Request): readonly string[] {
  const missing = paths.filter(path => !existsSync(path))
  if (missing.length === paths.length)
    throw precondition(
      'CODE.NOT_FOUND',
      target,
      'There is no source code here.',
      `Looked for ${missing.join(', ') || folder}.`,
      'Name its folder or file: ulid-migrate code PATH',
    )
  return [...new Set(paths.filter(path => existsSync(path)).flatMap(path => [...sourcesIn(path)]))]
}

/** A class is defined in one file, and called in others. */
async function graphIn(
  paths: readonly string[],
  folder: string,
  context: Context,
): Promise<readonly GraphClass[]> {
  const classes: GraphClass[] = []
  for (const path of paths) {
    if (languageOf(path)?.name !== 'python') continue
    await context.breathe()
    const read = readSource(path)
    if (!('skipped' in read)) classes.push(...graphClassesOf(shownName(folder, path), read.text))
  }
  return classes
}

function updateFile(path: string, request: Request, putting: Putting, graph: readonly GraphClass[]): Updated {
  const name = shownName(request.folder, path)
  const read = readSource(path)
  const none = { sites: [], findings: [], rewrite: null, diff: '', makes: null, uses: false }
  if ('skipped' in read)
    return {
      ...none,
      findings: [finding('CODE.NOT_READ', 'info', name, 'This file is not looked at.', read.skipped, '')],
    }
  const nothing = { ...none, uses: usedIn(path, read.text, request, putting) }
  const looked = look(name, read.text, graph)
  if (looked.type === 'nothing') return nothing
  if (looked.type === 'not-understood') return { ...nothing, findings: [notUnderstood(name, path)] }
  const { file, validators } = looked
  const generator = generatorOf(file.language.name, putting)
  const made = callOf(generator.name, importOf(file, generator).local)
  const sites = looked.sites
    .filter(site => file.text.slice(site.span.start, site.span.end) !== made) // that is what it is to be
    .map(site => chosen(site, name, request))
  const edits = changesOf(
    file,
    sites.filter(site => site.verdict === 'change'),
    generator,
    () => putting.registry(path).module,
  ).map(edit => ({
    ...edit,
    why: edit.why === '' ? '' : `line ${lineOf(file.text, edit.start)}: ${edit.why}`,
  }))
  const after = applyEdits(file.text, edits)
  const language = languageOf(name)!
  const grammar = language.grammars[extname(name)]!
  if (edits.length > 0 && parseSource(after, grammar) === null)
    return {
      ...nothing,
      findings: [
        finding(
          'CODE.NOT_CHANGED',
          'warning',
          name,
          'This file would not be understood any more, and is left.',
          'That is a fault of this program.',
          'Please report the file.',
        ),
      ],
    }
  return {
    ...nothing,
    sites: sites.filter(site => !isDropped(site, edits)).map(site => shownSite(site, name)),
    findings: validators.map(each => validatorFinding(each, name, file.language.tests.test(name))),
    rewrite: edits.length === 0 ? null : { path, before: file.text, after },
    diff: unifiedDiff(name, file.text, edits),
    makes: sites.some(site => site.verdict === 'change') ? language.name : null,
  }
}

function generatorOf(language: string, putting: Putting): Source {
  return language === 'python' ? putting.generator : ulidPackage
}

function usedIn(path: string, text: string, { trial }: Request, putting: Putting): boolean {
  const language = languageOf(path)?.name
  if (trial !== 'used' || language === undefined) return false
  return usesGenerator(path, text, generatorOf(language, putting))
}

/** The operator's word comes before ours: `FILE:LINE`. */
function chosen(site: Site, name: string, { change, leave }: Request): Site {
  const place = `${name}:${site.node.range().start.line + 1}`
  if (leave.includes(place)) return { ...site, verdict: 'leave', why: 'You chose so.' }
  if (change.includes(place) && site.verdict !== 'change')
    return { ...site, verdict: 'change', why: `You chose so. ${site.why}` }
  return site
}

function assertNamedSites({ change, leave }: Request, sites: readonly CodeSite[]): void {
  const places = new Set(sites.map(site => `${site.file}:${site.line}`))
  const unknown = [...change, ...leave].find(place => !places.has(place))
  if (unknown === undefined) return
  throw usage(
    'CODE.NO_SITE',
    unknown,
    'No id is made there.',
    `Sites are named FILE:LINE. There are ${places.size}.`,
    'Run the command without this flag: it lists them.',
  )
}

/** An entity with a ULID is not found by edges that name it by its key, and the other way round. */
function assertWholeGraph(sites: readonly CodeSite[]): void {
  const graph = sites.filter(site => site.rule === 'graph-key')
  const left = graph.find(site => site.verdict !== 'change')
  if (left === undefined || graph.every(site => site.verdict !== 'change')) return
  throw usage(
    'CODE.GRAPH_IN_PARTS',
    `${left.file}:${left.line}`,
    'The entities of a graph change together, or not at all.',
    `Of ${graph.length} places that hold their keys this one would stay: what it names would not be found.`,
    `Leave them all: ${graph.map(site => `--leave ${site.file}:${site.line}`).join(' ')}`,
  )
}

/** A part of an id whose assignment goes is no site any more. */
function isDropped(site: Site, edits: readonly ExplainedEdit[]): boolean {
  return site.verdict !== 'change' && edits.some(edit => edit.text === '' && isInside(site.span, edit))
}

function shownSite({ rule, node, subject, verdict, why }: Site, file: string): CodeSite {
  return { file, line: node.range().start.line + 1, rule, subject, text: oneLine(node.text()), verdict, why }
}

function validatorFinding({ rule, line, text, why }: FoundValidator, name: string, test: boolean): Message {
  const part = rule === 'part-of-id'
  return finding(
    part ? 'CODE.PART_READ' : 'CODE.VALIDATOR',
    test ? 'info' : 'warning',
    `${name}:${line}`,
    part ? `A part of an id is read: ${text}` : `This would reject a ULID: ${text}`,
    why,
    'Change it by hand where it is about ids that become ULIDs.',
  )
}

function notUnderstood(name: string, path: string): Message {
  return finding(
    'CODE.NOT_UNDERSTOOD',
    'warning',
    name,
    'This file is not understood, and is left.',
    'Something in it does not follow the grammar of its language.',
    inShell`Look at it: ${path}`,
  )
}

function generatorFinding(tried: CodeGenerator, { system, target }: Request): readonly Message[] {
  const object = `${tried.module}:${tried.name}`
  if (tried.state === 'good')
    return tried.notes.map(note =>
      finding('CODE.GENERATOR_NOTE', 'warning', object, 'The generator has a peculiarity.', note, ''),
    )
  return [
    finding(
      'CODE.GENERATOR',
      'blocker',
      object,
      tried.state === 'missing' ? 'The generator is not there.' : 'What the generator makes will not do.',
      tried.reasons.join('\n'),
      tried.interpreter === 'node'
        ? 'Install it where the code is: npm install ulid'
        : inShell`Name another: --generator MODULE:NAME, or put a tested one in its place: ulid-migrate code ${system || target} --put-generator`,
    ),
  ]
}

/** Code that calls what is not there would die at its first id. */
function assertGenerator(tried: CodeGenerator, request: Request): void {
  const [found] = tried.state === 'good' ? [] : generatorFinding(tried, request)
  if (found === undefined || request.accept.includes(found.object)) return
  throw precondition(
    'CODE.GENERATOR',
    found.object,
    found.message,
    found.why,
    `${found.next}, or go on all the same: --accept ${found.object}`,
  )
}

async function assertCommitted(rewrites: readonly Rewrite[], { allowDirty, folder }: Request): Promise<void> {
  if (allowDirty) return
  const paths = rewrites.filter(each => each.before !== null).map(each => each.path)
  const dirty = await uncommitted(paths)
  if (dirty.length === 0) return
  throw precondition(
    'CODE.UNCOMMITTED',
    dirty[0]!,
    `${dirty.length} of the files have changes that are not committed.`,
    `They are ${dirty.map(path => shownName(folder, path)).join(', ')}. Git could not tell your changes from these.`,
    'Commit or stash them, or go on all the same: --allow-dirty',
  )
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function finding(
  code: string,
  severity: Message['severity'],
  object: string,
  message: string,
  why: string,
  next: string,
): Message {
  return { code, severity, object, message, why, next }
}
