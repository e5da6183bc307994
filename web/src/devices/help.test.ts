import { describe, expect, it } from 'vitest'
import type { Browser, DeviceState } from '@/call'
import { needsOtherBrowser, pieces, stepsFor, worstOf } from './help'

const android: Browser = { system: 'android', inApp: null }
const iphone: Browser = { system: 'iphone', inApp: null }
const computer: Browser = { system: 'computer', inApp: null }
const wechat: Browser = { system: 'iphone', inApp: 'wechat' }

describe('stepsFor', () => {
  it.each<[DeviceState, Browser, string]>([
    ['denied', android, '点“权限”或“网站设置”'],
    ['denied', iphone, '点“网站设置”'],
    ['denied', computer, '点网址左边的小图标 [lock]'],
    ['denied', wechat, '点右上角的“···”'],
    ['no-media', { system: 'android', inApp: 'other' }, '按下面的“复制网址”'],
    ['policy', computer, '按下面的“复制网址”'],
    ['system', iphone, '打开手机的“设置”，找到现在用的浏览器'],
    ['missing', wechat, '看看摄像头和话筒插好没有，机身上的开关打开没有'],
    ['busy', wechat, '关掉正在用它的软件，比如微信视频、会议'],
    ['insecure', computer, '请用 https 开头的网址打开'],
  ])('%s on %o: %s', (cause, browser, step) => {
    expect(stepsFor(cause, browser, null)).toContain(step)
  })
  it('says the address with HTTPS where there is one', () => {
    expect(stepsFor('insecure', android, 'https://10.0.0.2:8443')).toEqual([
      '改用这个网址打开：https://10.0.0.2:8443',
    ])
  })
})

describe('causes', () => {
  it('an app is left only for what it stands in the way of', () => {
    expect(needsOtherBrowser('denied', wechat)).toBe(true)
    expect(needsOtherBrowser('busy', wechat)).toBe(false)
    expect(needsOtherBrowser('denied', android)).toBe(false)
  })
  it('the page’s own comes first', () => {
    expect(worstOf('missing', 'denied')).toBe('denied')
    expect(worstOf('ok', 'overconstrained')).toBe('unknown')
  })
  it('words of the screen and the lock stand out', () => {
    expect(pieces('点“权限” [lock]').map(({ kind }) => kind)).toEqual(['plain', 'word', 'plain', 'lock'])
  })
})
