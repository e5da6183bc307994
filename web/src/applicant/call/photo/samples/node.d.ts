/** The little of Node that the tests of this folder need to read its pictures; pages have none of it. */
declare module 'node:fs' {
  export function readFileSync(path: string): Uint8Array
}
declare module 'node:zlib' {
  export function gunzipSync(packed: Uint8Array): Uint8Array
}
