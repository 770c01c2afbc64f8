/**
 * The single questions of headless commands. The library is loaded when a question is asked, so that scripts never
 * wait for it; questions are drawn on stderr, because stdout holds results only.
 */

export interface Questions {
  /** @returns false for no, for Ctrl-D, and when `signal` ended the question */
  confirm(message: string, signal: AbortSignal): Promise<boolean>
  /** @returns what was typed, or '' for Ctrl-D and when `signal` ended the question */
  type(message: string, signal: AbortSignal): Promise<string>
  /** @returns one of the choices by its value, or null for Ctrl-D and when `signal` ended the question */
  choose<T extends string>(
    message: string,
    choices: readonly Choice<T>[],
    signal: AbortSignal,
  ): Promise<T | null>
}

export interface Choice<T extends string> {
  readonly value: T
  readonly name: string
}

/** Ctrl-C in a question arrives as a key, not as a signal: the library throws, and this tells the command. */
export class QuestionCancelled extends Error {
  constructor() {
    super('The question was cancelled.')
    this.name = 'QuestionCancelled'
  }
}

/**
 * Asks, and settles in every case: the library leaves a question open for ever when its input ends or Ctrl-D closes it,
 * and Node would then exit in the middle of the command.
 */
async function asked<T>(
  input: NodeJS.ReadableStream,
  signal: AbortSignal,
  whenAborted: T,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController()
  const end = () => ending.abort()
  const key = (_: unknown, pressed: { readonly ctrl?: boolean; readonly name?: string } | undefined) => {
    if (pressed?.ctrl && pressed.name === 'd') end()
  }
  input.on('end', end).on('keypress', key)
  try {
    return await ask(AbortSignal.any([signal, ending.signal]))
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortPromptError') return whenAborted
    if (error instanceof Error && error.name === 'ExitPromptError') throw new QuestionCancelled()
    throw error
  } finally {
    input.off('end', end).off('keypress', key)
  }
}

/** Questions on a terminal: answers from `input`, drawn on `output`. */
export function terminalQuestions(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Questions {
  return {
    async confirm(message, signal) {
      const { confirm } = await import('@inquirer/prompts')
      return asked(input, signal, false, ending =>
        confirm({ message, default: false }, { input, output, signal: ending }),
      )
    },
    async type(message, signal) {
      const { input: ask } = await import('@inquirer/prompts')
      return asked(input, signal, '', ending => ask({ message }, { input, output, signal: ending }))
    },
    async choose<T extends string>(message: string, choices: readonly Choice<T>[], signal: AbortSignal) {
      const { select } = await import('@inquirer/prompts')
      return asked<T | null>(input, signal, null, ending =>
        select({ message, choices }, { input, output, signal: ending }),
      )
    },
  }
}
