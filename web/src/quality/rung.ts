/** The ladder as people choose from it, and a choice that lasts for one call, also over a reload. */
import { watch } from 'vue'
import { RUNGS, type CallController, type Rung } from '@/call'
import { messages } from '@/i18n'
import { readStored, writeStored } from '@/ui/stored'

const STORED = 'call-rung'

/** What one can choose; null leaves it to the line. */
export const CHOICES: readonly (Rung | null)[] = [null, ...RUNGS]

export const rungWords = messages({
  title: { zh: '画面和声音', en: 'Picture and sound' },
  lead: {
    zh: '只管您发出去的。挂断以后恢复自动。',
    en: 'For what you send. Automatic again after the call.',
  },
  auto: { zh: '自动', en: 'Automatic' },
  autoNote: { zh: '跟着网络变，推荐', en: 'Follows the network, recommended' },
  full: { zh: '清晰', en: 'Sharp' },
  fullNote: { zh: '720p，网络好时用', en: '720p, for a good network' },
  reduced: { zh: '流畅', en: 'Smooth' },
  reducedNote: { zh: '480p，省一些流量', en: '480p, uses less data' },
  voice: { zh: '只用语音', en: 'Voice only' },
  voiceNote: { zh: '不发图像，先保住声音', en: 'No picture, the sound comes first' },
  stills: { zh: '图片', en: 'Pictures' },
  stillsNote: { zh: '语音，加上每几秒一张图片', en: 'Voice, and a picture every few seconds' },
})

export const choiceOf = (view: { rung: Rung; rungChosen: boolean }): Rung | null =>
  view.rungChosen ? view.rung : null

/** Chooses, and remembers it for this call. Automatic begins with the full picture: whoever asks for it wants to see it now. */
export function choose(call: CallController, rung: Rung | null): void {
  const id = call.view.call?.id
  call.chooseRung(rung ?? 'full')
  if (rung === null) call.chooseRung(null)
  writeStored(STORED, id === undefined || rung === null ? null : `${id}:${rung}`, 'tab')
}

/** A call begins with what was chosen in it before a reload, else with the full picture; the last call's rung is not its. */
export function rememberRung(call: CallController): void {
  watch(
    () => call.view.call?.id ?? null,
    (id) => {
      if (id === null) return
      const [of, rung] = (readStored(STORED, 'tab') ?? '').split(':')
      const kept = RUNGS.find((one) => one === rung)
      if (of === id && kept !== undefined) call.chooseRung(kept)
      else choose(call, null)
    },
    { immediate: true },
  )
}
