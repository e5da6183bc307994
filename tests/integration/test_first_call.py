"""The whole service over the protocol: number, ring, answer, call, wrap-up, rating — rows and states agree."""

from sqlalchemy import text

from tests.support.client import Citizen, Clerk, flow
from tests.support.server import Server


async def test_from_number_to_rating(server: Server) -> None:
    async with Clerk(server.url) as clerk, Citizen(server.url) as citizen:
        await clerk.sign_in()
        await citizen.enter(elderly=True)
        ticket = await citizen.take(answers={"s1": "s1.o1"}, elderly=True)
        assert ticket["number"] == "云A001"
        joined = await clerk.accept()
        await citizen.until(lambda state: state["ticket"]["state"] == "serving")
        await flow(clerk, citizen, joined)
        call = joined["call"]["id"]
        await citizen.post(f"/api/calls/{call}/end")
        session = (await clerk.until(lambda state: state["session"] and state["session"]["state"] == "wrapping"))[
            "session"
        ]
        wrap = {"outcome": "guided_online", "summary": "指导网上参保，已提交。", "next_step": "none"}
        await clerk.post(f"/api/sessions/{session['id']}/wrap-up", wrap)
        await citizen.post(f"/api/sessions/{session['id']}/rating", {"level": 5, "options": ["513"]})
        await citizen.until(lambda state: state["rating"]["state"] == "given" and state["session"]["state"] == "closed")
        await clerk.until(lambda state: state["session"] is None and state["presence"]["work"] == "idle")
        for client, face in ((citizen, "applicant"), (clerk, "workbench")):
            fresh = await client.get(f"/api/{face}/state")
            assert client.state == {name: fresh[name] for name in client.state}
    async with server.city.database.reading() as rows:
        outcome = (await rows.execute(text("SELECT state, outcome, end_reason FROM session"))).one()
        assert tuple(outcome) == ("closed", "guided_online", "applicant")
        assert (await rows.execute(text("SELECT level, options FROM rating"))).one() == (5, ["513"])
        kinds = (await rows.execute(text("SELECT kind FROM session_event ORDER BY seq"))).scalars().all()
        assert kinds == ["answered", "joined", "connected", "ended", "closed"]
