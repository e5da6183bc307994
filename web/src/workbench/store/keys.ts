/** Keys of the workbench. Single characters are off while a text field has the focus, in a dialog, or when switched off. */
import { onBeforeUnmount, onMounted, ref } from 'vue'
import { readStored, writeStored } from '@/ui/stored'

export const singleKeys = ref(readStored('single-keys') !== '0')
export function setSingleKeys(on: boolean): void {
  singleKeys.value = on
  writeStored('single-keys', on ? null : '0')
}

/** `m`, `?`, `1`, `f8`, `enter`, `escape`, `ctrl+enter`: lower case, `ctrl` also stands for the command key. */
export type Keys = Record<string, (event: KeyboardEvent) => void>

export function nameOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const held = (event.ctrlKey || event.metaKey ? 'ctrl+' : '') + (event.altKey ? 'alt+' : '')
  return held + event.key.toLowerCase()
}

/** Where characters are typed. Radios and checkboxes take none, so digits work on them. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true
  return target instanceof HTMLInputElement && !['radio', 'checkbox', 'button', 'range'].includes(target.type)
}

/** Whether the element answers this key itself: Enter on a link or button presses it. */
function answersItself(target: EventTarget | null, name: string): boolean {
  return (
    name === 'enter' && target instanceof Element && target.closest('a, button, summary, select') !== null
  )
}

const inOverlay = (): boolean => document.querySelector('.dialog, .menu, .popover') !== null

/** Keys that work while the component is shown. */
export function useKeys(keys: Keys): void {
  const press = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented || event.repeat) return
    const name = nameOf(event)
    const run = keys[name]
    if (run === undefined || inOverlay() || answersItself(event.target, name)) return
    const single = name.length === 1
    if (single && (!singleKeys.value || takesText(event.target))) return
    if (name === 'enter' && takesText(event.target)) return
    event.preventDefault()
    run(event)
  }
  onMounted(() => {
    window.addEventListener('keydown', press)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', press)
  })
}
