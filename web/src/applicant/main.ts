import '@/ui/tokens.css'
import { createApp } from 'vue'
import { applyLanguage } from '@/i18n'
import { applyElder } from '@/ui/mode'
import App from './App.vue'

applyLanguage()
applyElder()
createApp(App).mount('#app')
