/** The other side of a call: a page of the same browser that answers offers and sends a drawn clerk as its picture. */

/** Runs inside the peer's page: keeps one connection and gives back what has to be said. */
function install(scene) {
  const connection = new RTCPeerConnection()
  const canvas = document.createElement('canvas')
  canvas.width = 1280
  canvas.height = 720
  const image = new Image()
  image.src = `/__scenes/${scene}.svg`
  const paint = canvas.getContext('2d')
  setInterval(() => {
    if (!image.complete || image.naturalWidth === 0) return
    const scale = Math.max(canvas.width / image.naturalWidth, canvas.height / image.naturalHeight)
    const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale]
    paint.drawImage(image, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height)
  }, 100)
  const audio = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0]
  const stream = canvas.captureStream(10)
  stream.addTrack(audio)
  connection.onicecandidate = ({ candidate }) => {
    if (candidate) window.tell([{ candidate: candidate.toJSON() }])
  }
  let sending = false
  window.hear = async (batch) => {
    for (const step of batch) {
      if (step.candidate) await connection.addIceCandidate(step.candidate)
      if (step.description?.type !== 'offer') continue
      await connection.setRemoteDescription(step.description)
      if (!sending) for (const track of stream.getTracks()) connection.addTrack(track, stream)
      sending = true
      await connection.setLocalDescription()
      window.tell([{ description: connection.localDescription.toJSON() }])
    }
  }
}

/** Opens a peer, the first or a further one; `say` gets its batches, the answer takes those of the page under test. */
export async function openPeer(context, address, say, index = 0) {
  const page = await context.newPage()
  await page.exposeFunction('tell', say)
  await page.goto(`${address}/__scenes/peer.html`)
  await page.evaluate(install, index === 0 ? 'clerk' : 'acceptor')
  return (batch) => page.evaluate((steps) => window.hear(steps), batch)
}
