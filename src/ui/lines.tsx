/** @jsxRuntime automatic */
// tsx looks for tsconfig.json in the folder one is in, and so misses our jsx setting when run from elsewhere.
/** Draws lines: the one place where spans become Ink elements. */
import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import { theme } from '../wizard/theme.ts'
import type { Line } from './line.ts'

export interface LinesProps {
  readonly lines: readonly Line[]
  readonly width: number
}

/** Frames fit by their own arithmetic. Ink is not asked to clip them as well: it takes a third of the time of a frame. */
export function Lines({ lines, width }: LinesProps): ReactElement {
  return (
    <Box flexDirection="column" width={width} height={lines.length}>
      {lines.map((content, row) => (
        // A row of the terminal has no identity but its place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Text key={row} wrap="truncate">
          {content.length === 0
            ? ' '
            : content.map((part, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <Text key={place} {...theme[part.tone]}>
                  {part.text}
                </Text>
              ))}
        </Text>
      ))}
    </Box>
  )
}
