/** Addresses of the workbench. What stands in the middle follows the state, not the address: a ring comes wherever one is. */
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import Desk from './pages/Desk.vue'
import SignIn from './pages/SignIn.vue'
import { serves, staff, watches } from './store/desk'

export const routes: RouteRecordRaw[] = [
  { path: '/workbench/sign-in', name: 'sign-in', component: SignIn },
  { path: '/workbench', name: 'desk', component: Desk },
  { path: '/workbench/messages', name: 'messages', component: Desk },
  { path: '/workbench/sign-off', name: 'sign-off', component: Desk },
  { path: '/workbench/wrap-up/:session', name: 'late', component: Desk },
  { path: '/workbench/quality', name: 'quality', component: () => import('./pages/Quality.vue') },
  { path: '/workbench/abuse', name: 'abuse', component: () => import('./pages/Abuse.vue') },
  { path: '/workbench/:rest(.*)', redirect: '/workbench' },
]

export function createPages(): Router {
  const router = createRouter({ history: createWebHistory(), routes })
  router.beforeEach((to) => {
    if (staff.value === null && to.name !== 'sign-in') return '/workbench/sign-in'
    if (staff.value !== null && to.name === 'sign-in') return '/workbench'
    if (to.name === 'desk' && watches(staff.value) && !serves(staff.value)) return '/workbench/quality'
    return true
  })
  return router
}
