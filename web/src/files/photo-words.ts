/** What a photo shows, in words: the few papers that everybody has, and materials by their own names. */
import { messages, t } from '@/i18n'

const words = messages({
  id_front: { zh: '身份证，有照片的一面', en: 'ID card, the side with the photo' },
  id_back: { zh: '身份证，有国徽的一面', en: 'ID card, the side with the emblem' },
  household: { zh: '户口簿', en: 'Household register' },
  bank_card: { zh: '银行卡', en: 'Bank card' },
})

export function photoWord(photo: { what: keyof typeof words | 'material'; label: string | null }): string {
  return photo.what === 'material' ? (photo.label ?? '') : t(words[photo.what])
}
