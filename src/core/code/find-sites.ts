/** The places of a file where ids are made, each with what is to become of it and why. */
import { type Composed, composedAround, composedIn } from './composed.ts'
import { graphSites } from './graph-keys.ts'
import type { Language, Maker } from './language.ts'
import type { Site } from './site.ts'
import { fullName, isInside, type Node, type SourceFile, type Span, scopeOf, spanOf } from './source-file.ts'
import { type Subject, subjectOf } from './subject.ts'
import { isIdName, whyLeft, whyUnsure } from './words.ts'

type Verdict = Pick<Site, 'verdict' | 'why'>

/** A file, with where chance is in it. */
interface Looking extends SourceFile {
  readonly chance: readonly Span[]
}

export function findSites(source: SourceFile): readonly Site[] {
  const chance = source.language.makers
    .filter(maker => maker.from === 'chance' && maker.id !== 'time')
    .flatMap(maker => matches(maker.rule, maker.called, source).map(spanOf))
  const file: Looking = { ...source, chance }
  const made = file.language.makers.flatMap(maker => madeBy(maker, file))
  const sites = withoutParts(outermost([...graphSites(file), ...made, ...textsOf(file)]), file)
  return isGenerated(file) ? sites.map(site => ({ ...site, ...generated })) : sites
}

/** What a tool writes anew is changed where the tool takes it from. */
const generated: Verdict = { verdict: 'leave', why: 'A tool makes this file.' }

function isGenerated({ text }: SourceFile): boolean {
  const head = text.split('\n', 10).filter(line => /^\s*(#|\/\/|\/?\*)/.test(line))
  return head.some(line =>
    /do not (edit|modify)|@generated|\b(auto-?)?generated (by|from|with)\b/i.test(line),
  )
}

/** Values that a maker makes, with all that only spells them otherwise. */
function madeBy(maker: Maker, file: Looking): readonly Site[] {
  return matches(maker.rule, maker.called, file).flatMap(core => {
    const { node, text, composed } = spelled(core, maker, file.language)
    // A text that holds a time among others is found as such a text.
    if (maker.id === 'time' && composed !== null) return []
    const shaped = composed !== null && isIdShaped(composed)
    const whole = shaped ? wrapped(composed.node, file.language).node : node
    const subject = subjectOf(whole, file)
    if (maker.onlyIds && !isIdName(subject.name) && whyLeft(subject.names) === null) return []
    const site: Site = {
      rule: maker.id,
      node: whole,
      span: spanOf(whole),
      subject: subject.name,
      parts: variablesIn(whole, file),
      becomes: null,
      ...(maker.factory ? { factory: true } : {}),
      ...judge(maker, whole, { ...subject, text: text || shaped, composed }, file),
    }
    return [site]
  })
}

/** A value as far as it is only spelled otherwise, and the text that it is put into. */
function spelled(core: Node, maker: Maker, language: Language) {
  const { node, text } = wrapped(core, language, maker)
  let composed: Composed | null = null
  for (let at = node; ; at = wrapped(composed.node, language).node) {
    const next: Composed | null = composedAround(at, language)
    if (next === null || !(next.text || text || !maker.object)) return { node, text, composed }
    composed = next
  }
}

/** A match, and what is called in it. */
interface Match {
  readonly node: Node
  readonly name: string
}

/** Many rules look at all calls of a file: those are found once. */
const found = new WeakMap<Node, Map<string, readonly Match[]>>()

/** Matches of a rule whose called function has the right full name. */
export function matches(
  rule: Maker['rule'],
  called: RegExp | undefined,
  { root, bindings }: Pick<SourceFile, 'root' | 'bindings'>,
): readonly Node[] {
  const known = found.get(root) ?? new Map<string, readonly Match[]>()
  found.set(root, known)
  const key = JSON.stringify(rule)
  const all =
    known.get(key) ??
    root.findAll({ rule }).map(node => ({ node, name: node.getMatch('F')?.text() ?? node.text() }))
  known.set(key, all)
  return all
    .filter(({ name }) => called === undefined || called.test(fullName(name, bindings)))
    .map(({ node }) => node)
}

interface Given extends Subject {
  readonly text: boolean
  readonly composed: Composed | null
}

function judge(maker: Maker, whole: Node, given: Given, file: Looking): Verdict {
  const { name, names, text, composed } = given
  const left = whyLeft(names)
  if (left !== null) return { verdict: 'leave', why: left }
  if (file.language.tests.test(file.name))
    return { verdict: 'leave', why: 'A test makes this value for itself.' }
  if (composed !== null && !isIdShaped(composed))
    return { verdict: 'leave', why: 'It is a part of a longer text: a message, or the name of a file.' }
  if (whole.has({ rule: { kind: file.language.kinds.comment } }))
    return { verdict: 'ask', why: 'A comment stands inside; it would be lost.' }
  if (composed !== null) {
    const parent = parentIn(composed, file)
    if (parent !== null) return { verdict: 'ask', why: `It holds the id of another row, ${parent}.` }
    const other = composed.values.find(each => !isPassing(each, file))
    if (other !== undefined)
      return { verdict: 'ask', why: `It holds ${other.text()}, which a ULID does not tell.` }
  }
  if (maker.from === 'content' && !tellsChance(whole, file))
    return {
      verdict: 'ask',
      why: `It is ${maker.what} of its content: the same content gets the same id. That wants a UNIQUE on the content first.`,
    }
  if (maker.id === 'time' && file.language.day.test(whole.text()))
    return { verdict: 'ask', why: 'It is a day: the same one gets the same id.' }
  if (maker.id === 'own-generator')
    return { verdict: 'ask', why: `It is ${maker.what}, which may be as good.` }
  const typed = typeOf(given, whole, file)
  if (typed === 'short')
    return { verdict: 'ask', why: 'It goes where 26 characters do not fit: widen that first.' }
  if (typed === 'uuid')
    return { verdict: 'ask', why: 'It goes where UUIDs only are taken: change that first.' }
  if (maker.object && !text && !(maker.factory && typed === 'text'))
    return { verdict: 'ask', why: `It is ${maker.what} as an object or a number, and not a text.` }
  if (!isIdName(name))
    return {
      verdict: 'ask',
      why: name === '' ? 'Nothing tells what it is for.' : `${name} does not tell whether it names a row.`,
    }
  const unsure = whyUnsure(name) ?? (maker.meant?.name.test(name) ? maker.meant.why : null)
  if (unsure !== null) return { verdict: 'ask', why: unsure }
  return { verdict: 'change', why: `${name} is ${maker.what}; a ULID also tells its time.` }
}

/** What the place that a value goes to says of its type. */
function typeOf(
  { place, names }: Subject,
  whole: Node,
  { language }: Looking,
): 'uuid' | 'short' | 'text' | null {
  if (place === null) return null
  const { start, end } = spanOf(whole)
  const from = spanOf(place).start
  const around = `${place.text().slice(0, start - from)} ${place.text().slice(end - from)}`
  if (language.typed.uuid.test(around) || names.includes('UUID')) return 'uuid'
  if (language.typed.short.test(around)) return 'short'
  return language.typed.text.test(around) ? 'text' : null
}

/** Texts with values put in that are ids without any maker in them: of a name and a time, or of other names. */
function textsOf(file: Looking): readonly Site[] {
  return composedIn(file.root, file.language).flatMap(composed => {
    const { node } = wrapped(composed.node, file.language)
    const { name, names } = subjectOf(node, file)
    if (!isIdName(name) || !isIdShaped(composed)) return []
    const site = {
      rule: 'text',
      node,
      span: spanOf(node),
      subject: name,
      parts: variablesIn(node, file),
      becomes: null,
    }
    return [{ ...site, ...judgeText(composed, node, name, names, file) }]
  })
}

function judgeText(
  composed: Composed,
  whole: Node,
  name: string,
  names: readonly string[],
  file: Looking,
): Verdict & { readonly rule: string } {
  const left = whyLeft(names)
  if (left !== null) return { rule: 'text', verdict: 'leave', why: left }
  if (file.language.tests.test(file.name))
    return { rule: 'text', verdict: 'leave', why: 'A test makes this value for itself.' }
  if (whole.has({ rule: { kind: file.language.kinds.comment } }))
    return { rule: 'text', verdict: 'ask', why: 'A comment stands inside; it would be lost.' }
  const parent = parentIn(composed, file)
  const passing = composed.values.some(each => isPassing(each, file))
  if (parent !== null)
    return passing
      ? { rule: 'child', verdict: 'ask', why: `It holds the id of another row, ${parent}.` }
      : {
          rule: 'child',
          verdict: 'leave',
          why: `It holds the id of its parent, ${parent}, and follows that.`,
        }
  if (passing)
    return {
      rule: 'name-timestamp',
      verdict: 'change',
      why: `${name} is made of a time: two of one moment are the same.`,
    }
  return {
    rule: 'natural-key',
    verdict: 'ask',
    why: 'It is a natural key: the same thing gets the same id. That wants a UNIQUE on what it is made of first.',
  }
}

/** Climbs from a value over all that only spells it otherwise. */
function wrapped(
  core: Node,
  language: Language,
  maker?: Maker,
): { readonly node: Node; readonly text: boolean } {
  const texts = [...language.texts, ...(maker?.texts ?? [])]
  const wraps = [...language.wraps, ...(maker?.wraps ?? []), ...texts]
  let node = core
  let text = false
  for (;;) {
    const parent = parentOf(node)
    const isWrap = (each: Node) => wraps.some(rule => each.matches({ rule }))
    if (parent === null || !isWrap(parent)) return { node, text }
    // A method is nothing without its call.
    const call = parent.parent()
    if (call?.field('function')?.id() === parent.id() && !isWrap(call)) return { node, text }
    text ||= texts.some(rule => parent.matches({ rule }))
    node = parent
  }
}

/** The parent; of an only argument, the call. */
function parentOf(node: Node): Node | null {
  const parent = node.parent()
  const kind = String(parent?.kind())
  if (kind !== 'argument_list' && kind !== 'arguments') return parent
  const given = parent?.namedChildren().filter(each => each.kind() !== 'comment') ?? []
  return given.length === 1 ? (parent?.parent() ?? null) : null
}

/** Whether the text around the values is that of an id: no blanks, no folders, no endings of file names. */
function isIdShaped({ texts }: Composed): boolean {
  return texts.every(text => /^[\w:-]*$/.test(text))
}

/** Whether a value is another at another moment: a time, or chance. Of a variable, what it was assigned tells. */
function isPassing(value: Node, file: Looking): boolean {
  const { composed, day } = file.language
  const assigned = assignedTo(value, file)
  const parent = value.parent()
  // The format of a time stands beside its expression.
  const text = parent?.kind() === composed.template.value ? parent.text() : value.text()
  const spelled = assigned?.text() ?? text
  if (day.test(spelled)) return holdsChance(assigned ?? value, file)
  return tellsMoment(text, file) || tellsMoment(spelled, file) || tellsChance(assigned ?? value, file)
}

function holdsChance(node: Node, { chance }: Looking): boolean {
  return chance.some(each => isInside(each, spanOf(node)))
}

function tellsMoment(text: string, { language }: Looking): boolean {
  return language.time.test(text) && !language.day.test(text)
}

function tellsChance(node: Node, file: Looking): boolean {
  const span = spanOf(node)
  if (holdsChance(node, file) || tellsMoment(node.text(), file)) return true
  return variablesIn(node, file).some(each => {
    const assigned = assignedTo(each, file)
    return assigned !== null && !isInside(span, spanOf(assigned)) && tellsTime(assigned, file)
  })
}

function tellsTime(node: Node, file: Looking): boolean {
  return tellsMoment(node.text(), file) || /uuid|random|token/i.test(node.text())
}

/** The id of another row among the values, if any. */
function parentIn({ values }: Composed, file: Looking): string | null {
  const found = values.find(value => {
    const name = /([\w$]+)$/.exec(value.text())?.[1] ?? ''
    return isIdName(name) && !isPassing(value, file)
  })
  return found?.text() ?? null
}

/** What the only assignment to a variable in its function gives it. */
function assignedTo(value: Node, file: Looking): Node | null {
  if (!file.language.kinds.identifiers.has(String(value.kind()))) return null
  const found = assignmentsOf(value, file)
  return found.length === 1 ? (found[0]!.field('right') ?? found[0]!.field('value')) : null
}

function assignmentsOf(variable: Node, file: Looking): readonly Node[] {
  const name = variable.text()
  return [...file.language.kinds.assignments].flatMap(kind =>
    scopeOf(variable, file)
      .findAll({ rule: { kind } })
      .filter(each => (each.field('left') ?? each.field('name'))?.text() === name),
  )
}

function variablesIn(node: Node, { language }: SourceFile): readonly Node[] {
  return [...language.kinds.identifiers].flatMap(kind => node.findAll({ rule: { kind } }))
}

function outermost(sites: readonly Site[]): readonly Site[] {
  const sorted = [...sites].sort(
    (a, b) => a.span.start - b.span.start || b.span.end - a.span.end || order(a) - order(b),
  )
  const kept: Site[] = []
  for (const site of sorted) if (!kept.some(each => isInside(site.span, each.span))) kept.push(site)
  return kept
}

/** Of two for the same expression, the one that knows more about it. */
const order = ({ rule }: Site) => (rule.startsWith('graph-key') ? 0 : templates.has(rule) ? 2 : 1)
const templates = new Set(['text', 'child', 'name-timestamp', 'natural-key'])

/** A variable that only goes into an id made elsewhere is a part of that, and no id of its own. */
function withoutParts(sites: readonly Site[], file: Looking): readonly Site[] {
  const parts = sites.flatMap(site => site.parts.map(variable => ({ variable, site })))
  return sites.map(site => {
    const whole = parts.find(({ variable, site: other }) => {
      const assigned = other === site ? null : assignedTo(variable, file)
      return assigned !== null && isInside(site.span, spanOf(assigned))
    })
    if (whole === undefined) return site
    const line = whole.site.node.range().start.line + 1
    return {
      ...site,
      verdict: 'leave',
      why: `It is a part of ${whole.site.subject || 'the text'} in line ${line}.`,
    }
  })
}
