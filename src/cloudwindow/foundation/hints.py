"""When each thing was last hinted at: for lines that are not always there to hear it.

Every process hears every hint, with the instant of the database's clock at which it was sent. A hint is satisfied by
any fetch that begins later, so a client need only say which one it was told last. What a process cannot know — what was
sent before it listened, or what it has forgotten — it takes for changed: one fetch too many, never one too few.
"""

MOST_KEYS = 10_000

INSTANT = "CAST(extract(epoch FROM app_now()) * 1000000 AS bigint)"
"""SQL for the instant of a hint: microseconds since 1970, by the one clock."""


class Hints:
    """The last instant of each key, and since when this process has heard them all."""

    def __init__(self) -> None:
        self._heard: dict[str, int] = {}
        self._since = 0

    def listen_from(self, instant: int) -> None:
        """From now on nothing is missed; what came before may have been."""
        self._since = max(self._since, instant)

    def hear(self, key: str, instant: int) -> None:
        """Take note of a hint; two that pass each other count as the later one."""
        if len(self._heard) >= MOST_KEYS and key not in self._heard:
            self._since = max(self._since, *self._heard.values())
            self._heard.clear()
        self._heard[key] = max(instant, self.last(key))

    def last(self, key: str) -> int:
        """Return the instant at which the thing has changed at the latest, as far as this process can know."""
        return max(self._heard.get(key, 0), self._since)
