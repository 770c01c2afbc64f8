/** Whether the environment asks for questions line by line in place of screens: for screen readers and dumb terminals. */
const off = ['', '0', 'false', 'no', 'off']

export function wantsPlain(environment: Readonly<Record<string, string | undefined>>): boolean {
  const { ULID_MIGRATE_PLAIN, ACCESSIBLE, INK_SCREEN_READER, TERM } = environment
  const asked = [ULID_MIGRATE_PLAIN, ACCESSIBLE, INK_SCREEN_READER].some(
    value => value !== undefined && !off.includes(value.toLowerCase()),
  )
  return asked || TERM === 'dumb'
}
