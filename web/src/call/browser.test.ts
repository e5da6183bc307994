import { describe, expect, it } from 'vitest'
import { browserOf } from './browser'

const ANDROID = 'Mozilla/5.0 (Linux; Android 13; V2203A) AppleWebKit/537.36 (KHTML, like Gecko)'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/16.5 Safari/605.1.15'

describe('browserOf', () => {
  it.each([
    [`${ANDROID} Chrome/120.0.0.0 Mobile Safari/537.36`, 5, 'android', null],
    [
      `${ANDROID} Version/4.0 Chrome/111.0 Mobile Safari/537.36 MicroMessenger/8.0.42`,
      5,
      'android',
      'wechat',
    ],
    [
      'Mozilla/5.0 (Linux; Android 13; X; wv) AppleWebKit/537.36 Chrome/120 Safari/537.36',
      5,
      'android',
      'other',
    ],
    [`${IPHONE} Version/16.6 Mobile/15E148 Safari/604.1`, 5, 'iphone', null],
    [`${IPHONE} CriOS/120.0 Mobile/15E148 Safari/604.1`, 5, 'iphone', null],
    [`${IPHONE} Mobile/15E148 MicroMessenger/8.0.42`, 5, 'iphone', 'wechat'],
    [`${IPHONE} Mobile/15E148 AlipayClient/10.5`, 5, 'iphone', 'alipay'],
    [`${IPHONE} Mobile/15E148`, 5, 'iphone', 'other'],
    [MAC, 5, 'iphone', null],
    [MAC, 0, 'computer', null],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120 Safari/537.36',
      0,
      'computer',
      null,
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0) Chrome/98 Safari/537.36 MicroMessenger/7.0 WindowsWechat',
      0,
      'computer',
      'wechat',
    ],
  ])('%s', (agent, touchPoints, system, inApp) => {
    expect(browserOf(agent, touchPoints)).toEqual({ system, inApp })
  })
})
