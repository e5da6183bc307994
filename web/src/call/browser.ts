/** What kind of browser this is, as far as help needs it: the words of a permission stand elsewhere on each. */

export type System = 'android' | 'iphone' | 'computer'
/** Programs that show pages inside themselves; `other` is one whose name we do not know. */
export type InApp = 'wechat' | 'alipay' | 'dingtalk' | 'qq' | 'other'

export interface Browser {
  readonly system: System
  readonly inApp: InApp | null
}

const PROGRAMS: readonly [RegExp, InApp][] = [
  [/MicroMessenger/i, 'wechat'],
  [/AlipayClient/i, 'alipay'],
  [/DingTalk/i, 'dingtalk'],
  [/\bQQ\//i, 'qq'],
  [/Weibo|ToutiaoMicroApp|NewsArticle|Bytedance|aweme|BaiduBoxApp/i, 'other'],
]

/** Reads a user agent. An iPad calls itself a Mac, but no Mac has a touch screen. */
export function browserOf(agent: string, touchPoints: number): Browser {
  const iphone = /iPhone|iPod|iPad/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1)
  const system = iphone ? 'iphone' : /Android|HarmonyOS/.test(agent) ? 'android' : 'computer'
  const named = PROGRAMS.find(([pattern]) => pattern.test(agent))?.[1] ?? null
  return { system, inApp: named ?? (isWebView(agent, iphone) ? 'other' : null) }
}

/** Android marks its web views with `wv`; those of an iPhone lack the name that every browser there bears. */
function isWebView(agent: string, iphone: boolean): boolean {
  if (/; wv\)/.test(agent)) return true
  return iphone && /AppleWebKit/.test(agent) && !/Safari\/|CriOS|FxiOS|EdgiOS/.test(agent)
}

export function thisBrowser(): Browser {
  return browserOf(navigator.userAgent, navigator.maxTouchPoints)
}
