/** Which stops of the way are behind, at hand, and ahead. */
import type { RailStop } from '../ui/rail.ts'
import type { Screen, Wizard } from '../wizard/state.ts'

const way: readonly string[] = ['detect', 'initialize', 'dry-run', 'confirm', 'migrate', 'verify']

/** @returns null for screens that are not on the way */
export function railOf(wizard: Wizard): readonly RailStop[] | null {
  const { screen } = wizard
  if (!('journey' in screen) && screen.name !== 'targets') return null
  // Looking at the application is the last of the proof.
  const at = way.indexOf(screen.name === 'application' ? 'verify' : screen.name)
  return way.map((name, index) => {
    if (index === at) return { name, is: 'now' }
    if (name === 'initialize' && at > index)
      return { name, is: initialized(wizard, screen) ? 'done' : 'not-needed' }
    return { name, is: index < at ? 'done' : 'to-come' }
  })
}

function initialized(wizard: Wizard, screen: Screen): boolean {
  return (
    'journey' in screen &&
    wizard.deeds.some(deed => deed.did === 'initialized' && deed.target === screen.journey.target)
  )
}
