/** Whether a DEFAULT makes ids: a sequence, a UUID, the hash of something random. A ULID column needs one that makes ULIDs. */
export function makesIds(expression: string | null): boolean {
  if (expression === null) return false
  const calls = (names: string) => new RegExp(`\\b(?:${names})\\W*\\(`, 'i').test(expression)
  if (calls('nextval|uuid|gen_random_uuid|uuidv4|uuidv7')) return true
  return (
    calls('md5|sha1|sha256|hash|hex|to_hex') && calls('random|now|current_timestamp|get_current_timestamp')
  )
}
