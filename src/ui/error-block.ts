/** The one layout of errors and findings: what, why, what state things are in, the next step. */
import type { Message } from '../core/index.ts'
import { symbols } from '../wizard/symbols.ts'
import type { Tone } from '../wizard/theme.ts'
import { type Line, line, paragraph, span, spread } from './line.ts'

const looks: Readonly<Record<Message['severity'], { readonly sign: string; readonly tone: Tone }>> = {
  blocker: { sign: symbols.bad, tone: 'danger' },
  warning: { sign: symbols.warning, tone: 'warning' },
  info: { sign: symbols.mentioned, tone: 'plain' },
}

/**
 * @param state what state the target is in, when that needs saying
 * @returns lines of at most `width` cells; the code stands at the right, for searching the docs
 */
export function messageBlock(message: Message, width: number, state = ''): readonly Line[] {
  const look = looks[message.severity]
  const [first = '', ...more] = paragraph(message.message, width - 6 - message.code.length).map(
    content => content[1]?.text ?? '',
  )
  const why = message.why.split('\n').filter(text => text.trim() !== '')
  return [
    spread(line(span(` ${look.sign} ${first}`, look.tone)), line(span(message.code, 'muted')), width),
    ...more.map(text => line('   ', span(text, look.tone))),
    ...paragraph([message.object, why[0] ?? ''].filter(Boolean).join(': '), width, 'plain', 3),
    ...why.slice(1).flatMap(text => paragraph(text, width, 'muted', 3)),
    ...(state === '' ? [] : paragraph(state, width, 'strong', 3)),
    ...(message.next === '' ? [] : paragraph(`next: ${message.next}`, width, 'plain', 3)),
  ]
}
