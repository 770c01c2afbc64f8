/** Whether a name says "this is an id": id, job_id, jobId, guid, uuid. */
export function isIdName(name: string): boolean {
  return (
    /(^|[_\W])(id|ids|uid|guid|uuid|ulid|oid)$/i.test(name) ||
    /[a-z0-9](Id|ID|Uid|Guid|UUID|Uuid)$/.test(name)
  )
}
