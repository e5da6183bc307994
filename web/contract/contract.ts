/**
 * What every transport of calls must do, on real media in a real browser. A transport joins by describing a `World`
 * (`mesh.ts` is the built-in one's); its faces then need not be touched. Run by `npm run contract`.
 */
import type { CallTransport, HeardMessage, LocalMedia, RemoteMedia } from '@/call/transport'
import { MESSAGE_LIMIT } from '@/call/transport'
import { Grabber } from '@/quality/grab'
import { piecesOf, StillReader } from '@/quality/stills'
import { picture, silence, sizeOf, sound, until } from './media'

/** One page in a call. `leave` is a closed page, `again` the same person after a reload; who `parts` is listed no more. */
export interface Guest {
  readonly id: string
  readonly transport: CallTransport
  leave(): void
  part(): void
  again(media?: LocalMedia): Guest
}

export interface World {
  join(id: string, media?: LocalMedia): Guest
  /** The line to the server breaks, or comes back; media that flow go on. */
  line(up: boolean): void
  end(): void
}

export interface Case {
  readonly name: string
  run(world: World): Promise<void>
}

const RED = 'red'
const BLUE = 'blue'
const GREEN = 'lime'
const face = (colour = RED): LocalMedia => ({ audio: sound(), video: picture(colour) })

function of(guest: Guest, participant: string, name = 'face'): RemoteMedia | undefined {
  return guest.transport.remote.find((one) => one.participant === participant && one.name === name)
}

const sees = (guest: Guest, participant: string, colour: string, name = 'face'): Promise<void> =>
  until(`${guest.id} sees the ${name} of ${participant} in ${colour}`, async () => {
    const seen = of(guest, participant, name)
    return seen?.video === true && (await sizeOf(seen.stream)).colour === colour
  })

const expect = (what: string, holds: boolean): void => {
  if (!holds) throw new Error(what)
}

async function two(world: World): Promise<[Guest, Guest]> {
  const clerk = world.join('clerk', face(RED))
  const citizen = world.join('citizen', face(BLUE))
  await sees(clerk, 'citizen', BLUE)
  await sees(citizen, 'clerk', RED)
  return [clerk, citizen]
}

export const cases: readonly Case[] = [
  {
    name: 'two see and hear each other, and know how well',
    run: async (world) => {
      const guests = await two(world)
      for (const { id, transport } of guests) {
        let energy = 0
        let bytes = 0
        let roundTrip: number | null = null
        transport.on('stats', (stats) => {
          expect('sums never shrink', stats.bytesReceived >= bytes && stats.audioEnergy >= energy)
          bytes = stats.bytesReceived
          energy = stats.audioEnergy
          roundTrip = stats.roundTripMs
        })
        await until(`${id} hears and is connected`, () => energy > 0 && transport.state === 'connected')
        await until(`${id} knows the round trip`, () => roundTrip !== null)
        expect(
          'a face is heard and seen',
          transport.remote.length === 1 && transport.remote[0]?.audio === true,
        )
      }
    },
  },
  {
    name: 'who has no devices still sees and hears',
    run: async (world) => {
      const clerk = world.join('clerk', face())
      const citizen = world.join('citizen')
      await sees(citizen, 'clerk', RED)
      await until('both are connected', () =>
        [clerk, citizen].every(({ transport }) => transport.state === 'connected'),
      )
      expect('nothing is shown of who sends nothing', of(clerk, 'citizen')?.video !== true)
      citizen.transport.replace(face(GREEN))
      await sees(clerk, 'citizen', GREEN)
    },
  },
  {
    name: 'a muted microphone and a camera switched off are told, and come back',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      citizen.transport.setMicrophone(false)
      citizen.transport.setCamera(false)
      await until('both are told', () => {
        const seen = of(clerk, 'citizen')
        return seen?.audio === false && !seen.video
      })
      citizen.transport.setMicrophone(true)
      citizen.transport.setCamera(true)
      await sees(clerk, 'citizen', BLUE)
      await until('the voice is back', () => of(clerk, 'citizen')?.audio === true)
    },
  },
  {
    name: 'another camera takes the place of the first in the same stream',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      const stream = of(clerk, 'citizen')?.stream
      citizen.transport.replace({ audio: sound(), video: picture(GREEN) })
      await sees(clerk, 'citizen', GREEN)
      expect('the stream is the same', of(clerk, 'citizen')?.stream === stream)
    },
  },
  {
    name: 'screens and a document camera stand beside the faces, also when both begin at once, and go',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      clerk.transport.publish('screen', { audio: null, video: picture(GREEN) })
      citizen.transport.publish('screen', { audio: null, video: picture('fuchsia') })
      citizen.transport.publish('document', { audio: null, video: picture('yellow') })
      await sees(citizen, 'clerk', GREEN, 'screen')
      await sees(clerk, 'citizen', 'fuchsia', 'screen')
      await sees(clerk, 'citizen', 'yellow', 'document')
      await sees(clerk, 'citizen', BLUE)
      await sees(citizen, 'clerk', RED)
      clerk.transport.publish('screen', null)
      await until('the screen is gone', () => of(citizen, 'clerk', 'screen') === undefined)
      clerk.transport.publish('screen', { audio: null, video: picture(BLUE) })
      await sees(citizen, 'clerk', BLUE, 'screen')
    },
  },
  {
    name: 'four are in a call, everybody sees three',
    run: async (world) => {
      const guests = [RED, BLUE, GREEN, 'yellow'].map((colour) => ({
        colour,
        guest: world.join(`guest-${colour}`, face(colour)),
      }))
      for (const { guest } of guests)
        for (const other of guests) if (other.guest !== guest) await sees(guest, other.guest.id, other.colour)
      guests[3]?.guest.leave()
      expect('the others stay', guests[0]?.guest.transport.state === 'connected')
    },
  },
  {
    name: 'whoever parts is gone from the others, who go on; the way to one who does not count breaks no call',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      const expert = world.join('guest-expert', face(GREEN))
      for (const { id } of [clerk, citizen]) await sees(expert, id, id === 'clerk' ? RED : BLUE)
      for (const guest of [clerk, citizen]) await sees(guest, expert.id, GREEN)
      expert.leave()
      await until('the way to the expert is lost', () => of(clerk, expert.id) !== undefined)
      expect('a call is not lost with who does not count', clerk.transport.state === 'connected')
      expert.part()
      for (const guest of [clerk, citizen]) {
        await until(`${guest.id} sees one only`, () => guest.transport.remote.length === 1)
        expect('the others stay', guest.transport.state === 'connected')
      }
      const back = world.join('guest-again', face(GREEN))
      for (const guest of [clerk, citizen]) await sees(guest, back.id, GREEN)
    },
  },
  {
    name: 'a reload comes back into the same stream, with the screen that was shared',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      clerk.transport.publish('screen', { audio: null, video: picture(GREEN) })
      await sees(citizen, 'clerk', GREEN, 'screen')
      const stream = of(clerk, 'citizen')?.stream
      const back = citizen.again(face('yellow'))
      await sees(clerk, 'citizen', 'yellow')
      expect('the stream is the same', of(clerk, 'citizen')?.stream === stream)
      await sees(back, 'clerk', RED)
      await sees(back, 'clerk', GREEN, 'screen')
    },
  },
  {
    name: 'a weak line sends no picture and says so; a limit makes it smaller',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      citizen.transport.limit({ video: false, height: 480, kbps: 400 })
      await until('the weak line is told', () => {
        const seen = of(clerk, 'citizen')
        return seen?.weak === true && !seen.video && seen.audio
      })
      citizen.transport.limit({ video: true, height: 120, kbps: 400 })
      await sees(clerk, 'citizen', BLUE)
      const stream = of(clerk, 'citizen')?.stream ?? silence()
      await until('the picture is small', async () => (await sizeOf(stream)).height === 120)
      citizen.transport.limit({ video: true, height: 720, kbps: 1500 })
      await until('it grows again', async () => (await sizeOf(stream)).height === 240)
    },
  },
  {
    name: 'words come whole and in order, pointers quickly, and neither beyond their limits',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      const heard: HeardMessage[] = []
      clerk.transport.on('message', (message) => heard.push(message))
      await until('a first word arrives', () => {
        citizen.transport.say({ topic: 'ready', body: '' })
        return heard.length > 0
      })
      const long = '墨'.repeat(MESSAGE_LIMIT)
      citizen.transport.say({ topic: 'long', body: long })
      citizen.transport.say({ topic: 'too.long', body: `${long}墨` })
      citizen.transport.say({ topic: 'Not One', body: '' })
      for (let one = 0; one < 100; one += 1) citizen.transport.say({ topic: 'count', body: String(one) })
      citizen.transport.say({ topic: 'pointer', body: '1,2', lossy: true })
      const counted = (): HeardMessage[] => heard.filter(({ topic }) => topic === 'count')
      await until('all words arrive', () => counted().length === 100)
      expect(
        'in order',
        counted().every(({ body }, index) => body === String(index)),
      )
      expect(
        'from whom',
        counted().every(({ from }) => from === 'citizen'),
      )
      expect('the long one whole', heard.find(({ topic }) => topic === 'long')?.body === long)
      expect('nothing else', !heard.some(({ topic }) => ['too.long', 'Not One'].includes(topic)))
      await until('the pointer arrives', () => {
        citizen.transport.say({ topic: 'pointer', body: '1,2', lossy: true })
        return heard.some(({ topic }) => topic === 'pointer')
      })
    },
  },
  {
    name: 'a still comes whole in its pieces over a line without video, and other words do not disturb it',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      citizen.transport.limit({ video: false, height: 480, kbps: 400 })
      const reader = new StillReader()
      const seen: Uint8Array[] = []
      clerk.transport.on('message', (message) => {
        const jpeg = reader.read(message)
        if (jpeg !== null) seen.push(jpeg)
      })
      const noise = crypto.getRandomValues(new Uint8Array(9000))
      for (const piece of piecesOf(noise, 1)) citizen.transport.say(piece)
      const camera = new MediaStream([picture(BLUE)])
      const grabber = new Grabber()
      let jpeg: Uint8Array | null = null
      await until('a still is taken', async () => (jpeg = await grabber.grab(camera)) !== null)
      const taken = jpeg ?? noise
      let number = 1
      await until('it arrives', () => {
        number += 1
        for (const piece of piecesOf(taken, number)) {
          citizen.transport.say(piece)
          citizen.transport.say({ topic: 'count', body: String(number) })
        }
        return seen.length > 0
      })
      expect('byte for byte, and nothing else', String(seen[0]) === String(taken))
    },
  },
  {
    name: 'what begins while the line to the server is down is there when it is back',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      world.line(false)
      clerk.transport.publish('screen', { audio: null, video: picture(GREEN) })
      await sees(citizen, 'clerk', RED)
      world.line(true)
      await sees(citizen, 'clerk', GREEN, 'screen')
    },
  },
  {
    name: 'after stopping nothing is told, and nothing throws',
    run: async (world) => {
      const [clerk, citizen] = await two(world)
      let told = 0
      for (const event of ['state', 'remote', 'stats', 'message'] as const)
        clerk.transport.on(event, () => (told += 1))
      clerk.transport.stop()
      told = 0
      clerk.transport.setPeers([])
      clerk.transport.setMicrophone(false)
      clerk.transport.replace(face())
      clerk.transport.publish('screen', face())
      clerk.transport.limit({ video: false, height: 480, kbps: 400 })
      clerk.transport.say({ topic: 'late', body: '' })
      clerk.transport.stop()
      await until('the other side notices', () => citizen.transport.state !== 'connected')
      expect('nothing was told', told === 0)
    },
  },
]
