/**
 * Words of the screens, Chinese first and English complete.
 *
 * A message is written once with both languages side by side in the module that shows it (`messages({...})`), so that a
 * missing language does not compile and a page ships only its own words. English plurals are chosen by `Intl` from `n`.
 */
import { ref, type Ref } from 'vue'
import { readStored, writeStored } from '@/ui/stored'

export type Language = 'zh' | 'en'
export interface Plural {
  readonly one: string
  readonly other: string
}
export interface Message {
  readonly zh: string
  readonly en: string | Plural
}

type Placeholders<S extends string> = S extends `${string}{${infer P}}${infer Rest}`
  ? P | Placeholders<Rest>
  : never
type Said<M extends Message> =
  M['zh'] | (M['en'] extends Plural ? M['en']['other'] : Extract<M['en'], string>)
type Values<M extends Message> = Record<Placeholders<Said<M>>, string | number>
/** What `t` wants after the message: nothing, or every `{name}` that one of the languages uses. */
export type Args<M extends Message> = [Placeholders<Said<M>>] extends [never] ? [] : [values: Values<M>]

/** Declares the messages of one module; only there to check and keep their literal types. */
export function messages<const T extends Record<string, Message>>(all: T): T {
  return all
}

const plural = new Intl.PluralRules('en')

/** The sentence of `message` in `language`, its `{names}` filled from `values`. */
export function say(
  language: Language,
  message: Message,
  values: Record<string, string | number> = {},
): string {
  const said = message[language]
  const text =
    typeof said === 'string'
      ? said
      : said[plural.select(Number(values['n'] ?? 0)) === 'one' ? 'one' : 'other']
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

function firstLanguage(): Language {
  const stored = readStored('language')
  if (stored === 'zh' || stored === 'en') return stored
  const asked = new URLSearchParams(location.search).get('lang')
  return asked === 'en' ? 'en' : 'zh'
}

/** The language of the page. Change it through `setLanguage`, which also tells the document and remembers it. */
export const language: Ref<Language> = ref(firstLanguage())

export function setLanguage(next: Language): void {
  language.value = next
  writeStored('language', next)
  applyLanguage()
}

/** Writes the language to `<html lang>`, which screen readers and the font stack follow. */
export function applyLanguage(): void {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
}

/** The sentence in the page's language; reactive inside templates and computed values. */
export function t<M extends Message>(message: M, ...args: Args<M>): string {
  return say(language.value, message, args[0])
}

/** Picks the present language from a value that the server sends in both. */
export function pick(both: { zh: string; en: string }): string {
  return both[language.value]
}
