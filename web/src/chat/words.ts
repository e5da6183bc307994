/** Words that several parts of the chat share. */
import { messages } from '@/i18n'

export const words = messages({
  you: { zh: '您', en: 'You' },
  waiting: { zh: '连上网就自动发', en: 'Goes by itself once you are online' },
  sending: { zh: '正在发', en: 'Sending' },
  sent: { zh: '已发出', en: 'Sent' },
  delivered: { zh: '已送到', en: 'Delivered' },
  read: { zh: '已读', en: 'Read' },
  refused: { zh: '没有发出去', en: 'Not sent' },
  picture: { zh: '{who}发的图片：{name}', en: 'Picture from {who}: {name}' },
  file: { zh: '{who}发的文件', en: 'File from {who}' },
  large: { zh: '看大图', en: 'Enlarge' },
  close: { zh: '关闭', en: 'Close' },
})
