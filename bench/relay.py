"""Two bare RTCPeerConnection pages and a trivial relay: what a call costs when there is nothing around it."""

import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI, Response, WebSocket, WebSocketDisconnect

from cloudwindow.serving import server_config

# The devices are asked for as the product does; the answering side makes the offer after the other one has spoken.
PAGE = """<!doctype html><meta charset="utf-8"><title>bare</title><button>接听</button>
<video autoplay playsinline muted></video><script>
const line = new WebSocket(`ws://${location.host}/relay`);
const say = (message) => line.send(JSON.stringify(message));
let stream, connection;
navigator.mediaDevices.getUserMedia({
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 }, facingMode: 'user' },
}).then((opened) => { stream = opened; });
function connect() {
  connection = new RTCPeerConnection();
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
  connection.onicecandidate = ({ candidate }) => candidate && say({ candidate });
  connection.ontrack = ({ streams }) => { document.querySelector('video').srcObject = streams[0]; };
}
async function describe() {
  await connection.setLocalDescription();
  say({ description: connection.localDescription });
}
document.querySelector('button').onclick = () => say({ answered: true });
let inbox = Promise.resolve();
line.onmessage = ({ data }) => { inbox = inbox.then(() => receive(JSON.parse(data))); };
async function receive({ answered, description, candidate }) {
  if (answered) { connect(); await describe(); }
  if (description) {
    if (!connection) connect();
    await connection.setRemoteDescription(description);
    if (description.type === 'offer') await describe();
  }
  if (candidate) await connection.addIceCandidate(candidate);
}
</script>"""


def create_relay() -> FastAPI:
    """Build the application: one page, and a socket that passes on what it hears to everybody else."""
    application = FastAPI()
    sockets: set[WebSocket] = set()

    @application.get("/")
    async def page() -> Response:
        return Response(PAGE, media_type="text/html")

    @application.websocket("/relay")
    async def relay(socket: WebSocket) -> None:
        await socket.accept()
        sockets.add(socket)
        try:
            while True:
                message = await socket.receive_text()
                for other in sockets - {socket}:
                    with suppress(WebSocketDisconnect, RuntimeError):  # a page of the pair before, just closed
                        await other.send_text(message)
        except WebSocketDisconnect:
            pass
        finally:
            sockets.discard(socket)

    return application


def main() -> None:
    """Serve on the given port."""
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64) as taken:
        uvicorn.Server(server_config(create_relay())).run(sockets=[taken])


if __name__ == "__main__":
    main()
