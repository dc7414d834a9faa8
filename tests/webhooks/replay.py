"""A recorded scenario replayed with a sink, each webhook sent anew at the recorded time of its arrival.

`python -m tests.webhooks.replay SCENARIO BASE_URL SINK` writes JSON: [event name, how its body differs] of each recorded and each
additional webhook; nothing differs where the second is empty. A program, for those of tests/parity that it runs are too.

The reference builds a body when it delivers it, seconds after the event, so a body can only be compared at that moment. Its first
delivery is at once here; POST /webhooks/retry sends it again, and of a message that comes twice the sink keeps the later one.
"""

import contextlib
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.http_server import KEY

PARITY = Path(__file__).parents[1] / "parity"
RECORDINGS = PARITY / "recordings"
# The programs of tests/parity stand alone and import each other by name.
if str(PARITY) not in sys.path:
    sys.path.append(str(PARITY))

import compare  # type: ignore[import-not-found]  # noqa: E402


def replay(scenario: str, base_url: str, sink: str) -> list[tuple[str, list[Any]]]:
    """As the program."""
    recorded = json.loads((RECORDINGS / f"{scenario}.json").read_text())["webhooks"]
    client = httpx.Client(base_url=base_url, headers={"x-api-key": KEY}, timeout=30, verify=False)
    sender = _Sender(recorded, client)
    found: list[tuple[str, list[Any]]] = []

    class Clock(compare.Clock):  # type: ignore[misc]
        """Asks over one connection, for it is asked before each request."""

        def set(self, now: str, env: str | None = None) -> bool:
            if env is not None:
                sender.send_until(now, env)
            answer = client.post(self.url, json={"now": now, "mode": "frozen"}, headers={"X-Environment-ID": env} if env else {})
            return answer.raise_for_status().is_success

    def collect(url: str, since: int, recordings: list[Any], *_: Any) -> None:
        sender.send_until("9999", recordings[0]["environment"])
        original["collect_webhooks"](url, since, recordings, 0.6, 60)

    def report(*given: Any) -> Any:
        lines = original["webhook_report"](*given)
        found.extend((name, why) for name, _, why in lines)
        return lines

    patches = {"Clock": Clock, "collect_webhooks": collect, "webhook_report": report}
    original = {name: getattr(compare, name) for name in patches}
    arguments = [str(RECORDINGS), f"{base_url}/v1", KEY, "--control", f"{base_url}/_emulator", "--sink", sink, "--only", scenario]
    for name, patch in patches.items():
        setattr(compare, name, patch)
    sys.argv = ["compare.py", *arguments, "--quiet"]
    with contextlib.redirect_stdout(sys.stderr):
        compare.main()
    return found


class _Sender:
    """Sends the emulator's events when their counterparts arrived: the n-th recorded of a name is the n-th event of it that has a body."""

    def __init__(self, recorded: list[Any], client: httpx.Client) -> None:
        self._left, self._client, self._sent = sorted(recorded, key=lambda item: item["at"]), client, Counter[str]()

    def send_until(self, now: str, environment: str) -> None:
        """Send what had arrived by a time."""
        if not self._left or self._left[0]["at"] > now:
            return
        self._client.headers["X-Environment-ID"] = environment
        self._wait()
        events: dict[str, list[str]] = {}
        for event in self._client.get("/_emulator/webhooks/events", params={"limit": 1000}).raise_for_status().json()["items"]:
            if event["body"] is not None:
                events.setdefault(event["event_name"], []).append(event["id"])
        while self._left and self._left[0]["at"] <= now:
            name = self._left.pop(0)["body"]["event_type"]
            nth, self._sent[name] = self._sent[name], self._sent[name] + 1
            for event_id in events.get(name, [])[nth : nth + 1]:
                self._client.post("/v1/webhooks/retry", json={"system_event_id": event_id}).raise_for_status()

    def _wait(self) -> None:
        """Until everything was tried once, so that no first try comes after the second."""
        until, query = time.monotonic() + 30, {"state": "waiting", "limit": 1000}
        while any(not item["attempts"] for item in self._client.get("/_emulator/webhooks/deliveries", params=query).json()["items"]):
            assert time.monotonic() < until, "deliveries that do not end"
            time.sleep(0.005)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(replay(*sys.argv[1:4])))
