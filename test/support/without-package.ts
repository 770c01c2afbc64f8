/** Arguments for Node that make it a process in which a package is not installed. */
export function withoutPackage(name: string): readonly string[] {
  const hook = `export async function resolve(asked, context, next) {
    if (asked !== ${JSON.stringify(name)}) return next(asked, context)
    throw Object.assign(new Error("Cannot find package '" + asked + "'"), { code: 'ERR_MODULE_NOT_FOUND' })
  }`
  const register = `import { register } from 'node:module'; register(${JSON.stringify(module(hook))})`
  return ['--import', module(register)]
}

function module(text: string): string {
  return `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
}
