/** Debian's Chromium as pictures and the contract of calls start it: nothing of its own on the network, sound without a press. */
import { chromium } from 'playwright-core'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  // Names of hosts that only multicast can resolve do not connect on a machine without it.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
]

/** `CHROMIUM` says where it is, else Debian's headless shell: no window, no tabs, half the work. */
export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args: FLAGS })
