import { effectScope } from 'vue'

/**
 * Makes what outlives the page that happens to use it first. Vue ends a watcher with the component in whose set-up it was
 * begun; a store that is made at its first use would then hear of nothing any more once that page is left.
 */
export function outlive<T>(make: () => T): T {
  return effectScope(true).run(make) as T
}
