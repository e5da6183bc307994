/** A break that has taken as long as it may is reminded of once: a sound, a notice, a sentence that is read out. */
import { computed, ref, watch } from 'vue'
import { messages, t } from '@/i18n'
import { clock } from '@/i18n/format'
import { readStored, writeStored } from '@/ui/stored'
import { reasonWord } from '../words'
import { now } from './clock'
import { presence, ringer } from './desk'
import { notify } from './notify'

const words = messages({
  over: { zh: '{reason}到时间了', en: 'The time is over: {reason}' },
  back: { zh: '{time} 开始的示忙已到上限，请恢复就绪', en: 'The break since {time} has reached its limit' },
  heard: {
    zh: '{reason}到时间了。{time} 开始的示忙已到上限，请恢复就绪。',
    en: 'The time is over: {reason}. The break since {time} has reached its limit.',
  },
})
/** The break that was reminded of last, by its beginning: on this computer, so that a reload does not do it again. */
const STORED = 'break-reminded'
/** What is read out; empty but for the break that was reminded of here. */
export const reminder = ref('')

const over = computed(() => {
  const here = presence.value
  if (here?.wanted !== 'break' || here.remind_at === null) return null
  return now.value >= Date.parse(here.remind_at) ? here.since : null
})
let takeAway = (): void => undefined
watch(
  over,
  (since) => {
    takeAway()
    reminder.value = ''
    if (since === null || readStored(STORED) === since) return
    writeStored(STORED, since)
    const reason = reasonWord(presence.value?.reason ?? 'other')
    const time = clock(since)
    reminder.value = t(words.heard, { reason, time })
    ringer.remind()
    takeAway = notify(t(words.over, { reason }), t(words.back, { time }), 'break')
  },
  { immediate: true },
)
