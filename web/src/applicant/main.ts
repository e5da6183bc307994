import '@/ui/tokens.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/fields.css'
import './styles/parts.css'
import './styles/pages.css'
import './styles/wide.css'
import './styles/extra.css'
import { createApp } from 'vue'
import { applyLanguage } from '@/i18n'
import { applyElder } from '@/ui/mode'
import { markMissingFlexGap } from '@/ui/support'
import App from './App.vue'
import { router } from './router'
import { loadDeployment } from './store/deployment'
import { findOut } from './store/person'

applyLanguage()
applyElder()
markMissingFlexGap()
void loadDeployment()
findOut().catch(() => undefined) // pages that need to know ask again and show what is wrong
createApp(App).use(router).mount('#app')
