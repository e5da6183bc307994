/** What is to be said about the devices of both sides during a call: taken for now, or another one in place of the old. */
import { thisBrowser, type CallView } from '@/call'
import { messages, t } from '@/i18n'

const words = messages({
  takenPhone: {
    zh: '手机把话筒或画面收走了，多半是来了电话。对方听不见或看不见您，挂了电话就恢复。',
    en: 'The phone has taken microphone or picture, most likely for a call. It comes back by itself after it.',
  },
  takenPc: {
    zh: '话筒或摄像头被系统关着，对方听不见或看不见您。看看键盘和机身上的开关，打开就恢复。',
    en: 'The system has switched off microphone or camera. Look for a switch; it comes back by itself.',
  },
  theirs: {
    zh: '{name}的话筒或画面被系统收走了，多半是来了电话，完了就恢复。',
    en: 'The system of {name} has taken microphone or picture, most likely for a call. It comes back by itself.',
  },
  away: {
    zh: '{name}离开了通话页面，画面先停一停，回来就恢复。',
    en: '{name} has left the page of the call; the picture pauses until they are back.',
  },
  camera: {
    zh: '原来的摄像头不见了，换成了{label}。',
    en: 'The camera is gone; {label} has taken its place.',
  },
  microphone: {
    zh: '原来的话筒不见了，换成了{label}。',
    en: 'The microphone is gone; {label} has taken its place.',
  },
  another: { zh: '另一个', en: 'another one' },
})

export interface DeviceNews {
  readonly key: 'ours' | 'theirs' | 'other'
  readonly text: string
}

export function newsOf(view: CallView, name: string): DeviceNews[] {
  const news: DeviceNews[] = []
  const face = view.remote.find((one) => one.name === 'face')
  if (view.paused === 'system')
    news.push({
      key: 'ours',
      text: t(thisBrowser().system === 'computer' ? words.takenPc : words.takenPhone),
    })
  if (view.phase === 'connected' && face?.paused)
    news.push({ key: 'theirs', text: t(face.paused === 'away' ? words.away : words.theirs, { name }) })
  if (view.fellBack !== null) {
    const { device, label } = view.fellBack
    const named = label === '' ? t(words.another) : `“${label}”`
    news.push({ key: 'other', text: t(words[device], { label: named }) })
  }
  return news
}
