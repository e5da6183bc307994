/** History mode at `/`. A page whose code cannot be loaded (a new version was installed) is loaded anew by the browser. */
import { createRouter, createWebHistory } from 'vue-router'
import { markMoved } from './focus'
import { routes } from './routes'

export const router = createRouter({
  history: createWebHistory('/'),
  routes,
  scrollBehavior: (to, from, saved) => {
    if (saved) return saved
    return to.path === from.path ? false : { top: 0 }
  },
})

router.afterEach((to, from) => {
  if (from.matched.length > 0 && to.path !== from.path) markMoved()
})
router.onError((_error, to) => {
  // the address bar shows where the person wanted to go; offline it stays where it is and the next press tries again
  if (navigator.onLine) location.assign(to.fullPath)
})
