import '@/ui/tokens.css'
import '@/ui/staff/base.css'
import '@/ui/staff/controls.css'
import '@/ui/staff/parts.css'
import '@/ui/staff/containers.css'
import '@/ui/staff/overlays.css'
import './styles/shell.css'
import './styles/idle.css'
import './styles/ring.css'
import './styles/call.css'
import './styles/line.css'
import './styles/pictures.css'
import './styles/side.css'
import './styles/matters.css'
import './styles/wrap-up.css'
import './styles/sign-in.css'
import './styles/extra.css'
import './styles/widths.css'
import './styles/narrow.css'
import { createApp } from 'vue'
import { applyLanguage } from '@/i18n'
import App from './App.vue'
import { createPages } from './routes'
import { begin } from './store/desk'

applyLanguage()
// Who is signed in decides the first page, so it is asked before anything is shown.
void begin().then(() => {
  createApp(App).use(createPages()).mount('#app')
})
