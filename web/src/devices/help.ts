/** What stands in the way of a device, and what to press, by cause and browser. In steps, “…” is a word of the screen and [lock] its icon. */
import type { Browser, DeviceState } from '@/call'
import { messages, t } from '@/i18n'

const names = messages({
  ok: { zh: '好了', en: 'Works' },
  unasked: { zh: '还没试', en: 'Not tried' },
  off: { zh: '没有开', en: 'Off' },
  denied: { zh: '没有允许', en: 'Not allowed' },
  system: { zh: '系统没有允许', en: 'Not allowed by the system' },
  policy: { zh: '这个页面不让用', en: 'Not in this page' },
  missing: { zh: '没有找到', en: 'Not found' },
  busy: { zh: '别的软件在用', en: 'Used elsewhere' },
  insecure: { zh: '这个网址不能用', en: 'Not on this address' },
  'no-media': { zh: '这里面开不了', en: 'Not inside this app' },
  overconstrained: { zh: '打不开', en: 'Does not open' },
  unknown: { zh: '打不开', en: 'Does not open' },
})
export const nameOf = (state: DeviceState): string => t(names[state])

/** Devices that would work if something were pressed or plugged in. */
export const isTrouble = (state: DeviceState): boolean =>
  state !== 'ok' && state !== 'unasked' && state !== 'off'

const words = messages({
  lock: { zh: '点网址左边的“小锁” [lock]', en: 'Tap the “padlock” [lock] left of the address' },
  permissions: { zh: '点“权限”或“网站设置”', en: 'Tap “Permissions” or “Site settings”' },
  allowBoth: {
    zh: '把“摄像头”和“麦克风”都改成“允许”',
    en: 'Set “Camera” and “Microphone” to “Allow”',
  },
  icon: { zh: '点网址左边的小图标 [lock]', en: 'Press the icon [lock] left of the address' },
  pageMenu: {
    zh: '点网址左边的“大小”，或者那个小图标',
    en: 'Tap “aA”, or the small icon, beside the address',
  },
  siteSettings: { zh: '点“网站设置”', en: 'Tap “Website Settings”' },
  allowPhone: { zh: '把“相机”和“麦克风”都改成“允许”', en: 'Set “Camera” and “Microphone” to “Allow”' },
  again: { zh: '回到这里，再试一次', en: 'Come back here and try again' },
  dots: { zh: '点右上角的“···”', en: 'Tap “···” at the top right' },
  openIn: {
    zh: '选“在浏览器打开”，苹果手机上是“在默认浏览器中打开”',
    en: 'Choose “Open in browser”, on an iPhone “Open in default browser”',
  },
  goOn: { zh: '在打开的页面里接着办', en: 'Go on in the page that opens' },
  copy: { zh: '按下面的“复制网址”', en: 'Press “Copy the address” below' },
  paste: { zh: '打开手机自带的浏览器，把网址粘进去', en: 'Open the phone’s own browser and paste it there' },
  pastePc: { zh: '打开一个浏览器，把网址粘进去', en: 'Open a browser and paste it there' },
  settingsIphone: {
    zh: '打开手机的“设置”，找到现在用的浏览器',
    en: 'Open the phone’s “Settings” and find this browser',
  },
  settingsAndroid: {
    zh: '打开手机“设置”里的“应用”，找到现在用的浏览器，点“权限”',
    en: 'Open “Apps” in the phone’s “Settings”, find this browser, tap “Permissions”',
  },
  settingsPc: {
    zh: '打开电脑的“设置”，点“隐私”',
    en: 'Open the computer’s “Settings”, then “Privacy”',
  },
  switchOn: { zh: '打开“相机”和“麦克风”', en: 'Switch on “Camera” and “Microphone”' },
  plug: {
    zh: '看看摄像头和话筒插好没有，机身上的开关打开没有',
    en: 'Check that camera and microphone are plugged in, and their switch is on',
  },
  close: {
    zh: '关掉正在用它的软件，比如微信视频、会议',
    en: 'Close what is using it, such as another video call',
  },
  secure: { zh: '改用这个网址打开：{address}', en: 'Open this address instead: {address}' },
  secureUnknown: { zh: '请用 https 开头的网址打开', en: 'Open the address that begins with https' },
  restart: {
    zh: '拔下重插，或者关掉浏览器再打开',
    en: 'Unplug it and plug it in again, or restart the browser',
  },
})

/** Inside an app, and the app is what stands in the way: another browser is the way on. */
export const needsOtherBrowser = (cause: DeviceState, browser: Browser): boolean =>
  cause === 'no-media' ||
  cause === 'policy' ||
  (browser.inApp !== null && cause !== 'missing' && cause !== 'busy')

/** The steps in order. `secure`: this deployment's address with HTTPS, where it has one. */
export function stepsFor(cause: DeviceState, browser: Browser, secure: string | null): string[] {
  if (cause === 'insecure')
    return [secure === null ? t(words.secureUnknown) : t(words.secure, { address: secure })]
  if (needsOtherBrowser(cause, browser)) return otherBrowser(browser)
  if (cause === 'denied') return allow(browser)
  if (cause === 'system') return [...systemSettings(browser), t(words.switchOn), t(words.again)]
  if (cause === 'missing') return [t(words.plug), t(words.again)]
  return [t(cause === 'busy' ? words.close : words.restart), t(words.again)]
}

function otherBrowser({ system, inApp }: Browser): string[] {
  if (inApp === 'wechat' || inApp === 'qq') return [t(words.dots), t(words.openIn), t(words.goOn)]
  return [t(words.copy), t(system === 'computer' ? words.pastePc : words.paste), t(words.goOn)]
}

function allow({ system }: Browser): string[] {
  if (system === 'iphone') return [t(words.pageMenu), t(words.siteSettings), t(words.allowPhone)]
  if (system === 'android') return [t(words.lock), t(words.permissions), t(words.allowBoth)]
  return [t(words.icon), t(words.allowBoth), t(words.again)]
}

function systemSettings({ system }: Browser): string[] {
  if (system === 'iphone') return [t(words.settingsIphone)]
  return [t(system === 'android' ? words.settingsAndroid : words.settingsPc)]
}

/** A step in pieces: plain, a word of the screen, or the lock. */
export function pieces(step: string): { text: string; kind: 'plain' | 'word' | 'lock' }[] {
  return step
    .split(/(“[^”]+”|\[lock\])/)
    .filter((text) => text !== '')
    .map((text) => ({ text, kind: text === '[lock]' ? 'lock' : text.startsWith('“') ? 'word' : 'plain' }))
}

/** The one cause that help is about when both have one: what concerns the page as a whole first. */
const ORDER: readonly DeviceState[] = [
  'insecure',
  'no-media',
  'policy',
  'system',
  'denied',
  'busy',
  'missing',
]
export function worstOf(...states: DeviceState[]): DeviceState {
  return ORDER.find((one) => states.includes(one)) ?? 'unknown'
}
