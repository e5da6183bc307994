"""Measure and write `bench/results.json`: all figures, or those of the parts named on the command line."""

import asyncio
import json
import sys
import time
from pathlib import Path

import uvloop

from bench import (
    annotating,
    calling,
    cycling,
    first_load,
    idling,
    pushing,
    recovering,
    replaying,
    sealing,
    taking,
    talking,
)

RESULTS = Path(__file__).parent / "results.json"
PARTS = {
    "http": taking.measure,
    "cycle": cycling.measure,
    "idle": idling.measure,
    "push": pushing.measure,
    "replay": replaying.measure,
    "recover": recovering.measure,
    "call": calling.measure,
    "talk": talking.measure,
    "annotate": annotating.measure,
    "seal": sealing.measure,
    "web": first_load.measure,
}


async def main(names: list[str]) -> None:
    """Run the parts one after the other and keep what the others measured before."""
    figures: dict[str, float] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in names or PARTS:
        print(name, flush=True)
        began = time.monotonic()
        figures |= await PARTS[name]()
        print(f"  {time.monotonic() - began:.0f} s in all", flush=True)
    rounded = {key: round(value, 3) for key, value in sorted(figures.items())}
    RESULTS.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(rounded, indent=2))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1:]))
