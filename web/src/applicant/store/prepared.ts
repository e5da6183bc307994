/** What the person has answered and ticked for an item: kept on this device, so that a reload or tomorrow finds it again. */
import { reactive, watch } from 'vue'
import { readStoredJson, writeStoredJson } from '@/ui/stored'
import { outlive } from '@/ui/outlive'

export interface Prepared {
  /** Situation id → option id. */
  answers: Record<string, string>
  /** Keys of materials that lie ready. */
  ready: string[]
}

const open = new Map<string, Prepared>()

/** The reactive record of an item; every change is stored. */
export function prepared(item: string): Prepared {
  const known = open.get(item)
  if (known !== undefined) return known
  const stored = readStoredJson<Partial<Prepared>>(`item:${item}`)
  const record = reactive<Prepared>({ answers: stored?.answers ?? {}, ready: stored?.ready ?? [] })
  outlive(() => watch(record, (value) => writeStoredJson(`item:${item}`, value)))
  open.set(item, record)
  return record
}

export function toggleReady(record: Prepared, key: string): void {
  record.ready = record.ready.includes(key)
    ? record.ready.filter((one) => one !== key)
    : [...record.ready, key]
}
