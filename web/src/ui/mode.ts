/** Elder mode 长辈版: the same page with larger tokens, chosen once and remembered on this device. */
import { ref } from 'vue'
import { readStored, writeStored } from './stored'

export const elder = ref(readStored('elder') === '1')

export function setElder(on: boolean): void {
  elder.value = on
  writeStored('elder', on ? '1' : null)
  applyElder()
}

/** Writes the mode to `<html data-mode>`, from which the tokens take their sizes. */
export function applyElder(): void {
  if (elder.value) document.documentElement.dataset['mode'] = 'elder'
  else delete document.documentElement.dataset['mode']
}
