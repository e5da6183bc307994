/** What of a guide concerns this person: the materials by the answers, and of what kind they are. Pure. */
import { messages, t } from '@/i18n'
import type { Guide, Material, Situation, TicketDetail } from './types'

type Answers = TicketDetail['answers']

/**
 * Walks the situation tree by the answers given (matched by what was asked and said) and returns the materials that remain:
 * those always needed, plus what the answers add, less what they skip. Without answers, those always needed.
 */
export function materialsFor(guide: Guide, answers: Answers): Material[] {
  const adds = new Set<string>()
  const skips = new Set<string>()
  const walk = (situations: readonly Situation[]): void => {
    for (const situation of situations) {
      const given = answers.find((answer) => answer.ask === situation.ask)
      const option = situation.options.find((one) => one.say === given?.say)
      if (option === undefined) continue
      option.adds.forEach((key) => adds.add(key))
      option.skips.forEach((key) => skips.add(key))
      walk(option.then)
    }
  }
  walk(guide.situations)
  return guide.materials.filter(
    (material) => (material.always || adds.has(material.key)) && !skips.has(material.key),
  )
}

const kinds = messages({
  '1': { zh: '原件', en: 'original' },
  '2': { zh: '复印件', en: 'copy' },
  '3': { zh: '原件或复印件', en: 'original or copy' },
  form: { zh: '一起填', en: 'filled in together' },
  later: { zh: '可以后补', en: 'can follow later' },
})

/** Original or copy; a form is filled in together; what may follow later says so. */
export function kindWord(material: Material): string {
  const kind = material.form_note === null ? t(kinds[material.material_type]) : t(kinds.form)
  return material.is_need === '3' ? `${kind} · ${t(kinds.later)}` : kind
}
