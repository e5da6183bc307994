/** The addresses of the applicant's pages. Every name here has its states for pictures in `states.ts`; a test holds that. */
import type { RouteRecordRaw } from 'vue-router'
import Home from './pages/Home.vue'

const itemOf = (query: Record<string, unknown>): string | null =>
  typeof query['item'] === 'string' && /^[A-Z]\d{2,4}$/.test(query['item']) ? query['item'] : null

const regionOf = (value: unknown): string | null =>
  typeof value === 'string' && /^\d{12}$/.test(value) ? value : null
const uuidOf = (value: unknown): string | null =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    ? value.toLowerCase()
    : null
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: Home },
  {
    path: '/items/:key([A-Z]\\d{2,4})',
    name: 'guide',
    component: () => import('./pages/Guide.vue'),
    props: (route) => ({ itemKey: route.params['key'] }),
  },
  {
    path: '/enter',
    name: 'enter',
    component: () => import('./pages/Enter.vue'),
    props: (route) => ({
      item: itemOf(route.query),
      then: route.query['then'] === 'write' ? 'write' : 'number',
    }),
  },
  {
    path: '/write/:item([A-Z]\\d{2,4})',
    name: 'write',
    component: () => import('./pages/Write.vue'),
    props: (route) => ({
      item: route.params['item'],
      place: regionOf(route.query['r']),
      ticketId: text(route.query['ticket']),
    }),
  },
  { path: '/letters', name: 'letters', component: () => import('./pages/Letters.vue') },
  {
    path: '/letters/:id',
    name: 'letter',
    component: () => import('./pages/Letter.vue'),
    props: (route) => ({ letterId: route.params['id'] }),
  },
  {
    path: '/devices',
    name: 'devices',
    component: () => import('./pages/Devices.vue'),
    props: (route) => ({ item: itemOf(route.query) }),
    beforeEnter: (to) => (itemOf(to.query) === null ? '/' : true),
  },
  {
    path: '/consent',
    name: 'consent',
    component: () => import('./pages/Consent.vue'),
    props: (route) => ({ item: itemOf(route.query) }),
    beforeEnter: (to) => (itemOf(to.query) === null ? '/' : true),
  },
  {
    path: '/waiting/:ticket',
    name: 'waiting',
    component: () => import('./pages/Waiting.vue'),
    props: (route) => ({ ticketId: route.params['ticket'] }),
  },
  {
    path: '/call/:ticket',
    name: 'call',
    component: () => import('./pages/Call.vue'),
    props: (route) => ({ ticketId: route.params['ticket'] }),
  },
  {
    path: '/continue',
    name: 'continue',
    component: () => import('./pages/Continue.vue'),
    props: (route) => ({ token: route.hash.slice(1), letterId: uuidOf(route.query['letter']) }),
  },
  {
    path: '/rate/:session',
    name: 'rate',
    component: () => import('./pages/Rate.vue'),
    props: (route) => ({ sessionId: route.params['session'] }),
  },
  {
    path: '/done/:session',
    name: 'done',
    component: () => import('./pages/Done.vue'),
    props: (route) => ({ sessionId: route.params['session'] }),
  },
  { path: '/outbox', name: 'outbox', component: () => import('./pages/Outbox.vue') },
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('./pages/NotFound.vue') },
]
