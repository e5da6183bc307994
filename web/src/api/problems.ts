/** Refusals in words: what happened and what to do, in the page's language. Codes the server sends, and those of the line itself. */
import { language, messages, say, type Message } from '@/i18n'
import { dayAndClock } from '@/i18n/format'
import { ApiError } from './http'
import { problems } from 'virtual:problems'

/** No answer of the server at all. */
const line = messages({
  offline: {
    zh: '没有连上网。您填的都留着，连上以后再按一次。',
    en: 'You are offline. Nothing you typed is lost. Press again once you are connected.',
  },
  timeout: {
    zh: '网太慢，没有等到回音。您填的都留着，请再按一次。',
    en: 'The network is too slow and no answer came. Nothing is lost, please press again.',
  },
  unreachable: {
    zh: '现在连不上服务。您填的都留着，请过一会儿再按一次，或者打 12345。',
    en: 'The service cannot be reached. Nothing is lost. Try again in a moment, or call 12345.',
  },
  refused: {
    zh: '这一步没有办成。请再按一次；还不行，请打 12345。',
    en: 'That did not work. Please try again; if it still fails, call 12345.',
  },
})

/** In place of the server's sentence where that names fields by their English codes: faces mark the field themselves. */
const ours = messages({
  invalid_input: {
    zh: '有内容填得不对，请看一看，改好再按一次。',
    en: 'Something is not filled in right. Please check it and press again.',
  },
})

const sentences: Record<string, Message> = { ...problems, ...ours, ...line }

/** An instant is said as people say it; everything else as it is. */
const said = (value: string | number): string | number =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? dayAndClock(value) : value

/** The sentence for any error that a request may throw; never a code and never a stack. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return say(language.value, line.refused)
  const params: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(error.params)) {
    if (typeof value === 'string' || typeof value === 'number') params[name] = said(value)
  }
  return say(language.value, sentences[error.code] ?? line.refused, params)
}
