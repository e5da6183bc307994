/** The page that `run.mjs` drives: `contract.names` and `contract.run(world, case)`. */
import { cases, type World } from './contract'
import { forgetScreens } from './media'
import { Mesh } from './mesh'

const worlds: Readonly<Record<string, () => World>> = { mesh: () => new Mesh() }

async function run(world: string, name: string): Promise<string | null> {
  const make = worlds[world]
  const one = cases.find((other) => other.name === name)
  if (make === undefined || one === undefined) return 'no such world or case'
  const made = make()
  try {
    await one.run(made)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    made.end()
    forgetScreens()
  }
}

Object.assign(window, {
  contract: { worlds: Object.keys(worlds), names: cases.map(({ name }) => name), run },
})
