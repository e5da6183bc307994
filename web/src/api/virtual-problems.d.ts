/** The problem codes of the OpenAPI document with their sentences; made by the plugin in `vite.config.ts`. */
declare module 'virtual:problems' {
  export const problems: Readonly<Record<string, { readonly zh: string; readonly en: string }>>
}
