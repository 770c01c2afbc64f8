import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { QuestionCancelled, terminalQuestions } from '../../src/prompts/questions.ts'

/** Questions whose answer is typed as soon as the question is on the screen. */
function typing(keys: string) {
  const input = new PassThrough()
  const output = new PassThrough()
  let shown = ''
  output.on('data', data => {
    // The library throws away what was typed before the question stood there, and listens a turn later.
    if (shown === '') setImmediate(() => setImmediate(() => input.write(keys)))
    shown += data
  })
  return terminalQuestions(input, output)
}

const never = new AbortController().signal

test.each([
  ['y\r', true],
  ['n\r', false],
  ['\r', false],
])('%j answers %s', async (keys, answer) => {
  expect(await typing(keys).confirm('Migrate a.db?', never)).toBe(answer)
})

test('a name is given back as it was typed', async () => {
  expect(await typing('metrics.db\r').type('Type the name', never)).toBe('metrics.db')
})

test('Ctrl-C is told apart from no', async () => {
  await expect(typing('\x03').confirm('Migrate a.db?', never)).rejects.toBeInstanceOf(QuestionCancelled)
})

test('Ctrl-D, and the end of the input, are a no', async () => {
  expect(await typing('\x04').confirm('Migrate a.db?', never)).toBe(false)
  const input = new PassThrough()
  const output = new PassThrough()
  output.once('data', () => input.end())
  expect(await terminalQuestions(input, output).type('Type the name', never)).toBe('')
})

test('a signal ends a question without an answer', async () => {
  const ending = new AbortController()
  const output = new PassThrough()
  output.once('data', () => ending.abort())
  const questions = terminalQuestions(new PassThrough(), output)
  expect(await questions.confirm('Migrate a.db?', ending.signal)).toBe(false)
})

const ways = [
  { value: 'migrate', name: 'migrate it' },
  { value: 'skip', name: 'skip it' },
  { value: 'stop', name: 'stop here' },
] as const

test.each([
  ['\r', 'migrate'],
  ['\x1b[B\r', 'skip'],
])('of several things %j takes %s', async (keys, way) => {
  expect(await typing(keys).choose('And now?', ways, never)).toBe(way)
})

test('Ctrl-D takes none of them, and Ctrl-C is told apart', async () => {
  expect(await typing('\x04').choose('And now?', ways, never)).toBeNull()
  await expect(typing('\x03').choose('And now?', ways, never)).rejects.toBeInstanceOf(QuestionCancelled)
})
