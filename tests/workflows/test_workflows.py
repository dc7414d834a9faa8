"""Runs of background jobs."""

import pytest

from tests.conftest import Api


@pytest.fixture
def run(api: Api) -> dict[str, str]:
    """The job run of one export."""
    connection = api.post("/connections", {"name": "S3", "provider_type": "s3"})["id"]
    body = {"connection_id": connection, "entity_type": "events", "interval": "daily", "job_config": {"bucket": "b", "region": "r"}}
    api.post(f"/tasks/scheduled/{api.post('/tasks/scheduled', body)['id']}/run")
    (found,) = api.post("/workflows/search", {})["items"]
    return dict(found)


def test_a_run_is_read_in_every_form(api: Api, run: dict[str, str]) -> None:
    path = f"/workflows/{run['workflow_id']}/{run['run_id']}"
    identity = {"workflow_id": run["workflow_id"], "run_id": run["run_id"]}

    assert api.get(path) == run
    assert api.get(f"{path}/summary") == run
    assert [step["timestamp"] for step in api.get(f"{path}/timeline")["timeline"]] == [run["start_time"], run["close_time"]]
    assert api.post("/workflows/batch", {"workflows": [identity]})["workflows"] == [run]


@pytest.mark.parametrize(("wanted", "count"), [({"entity": "scheduled_task"}, 1), ({"workflow_type": "Other"}, 0), ({"limit": 5}, 1)])
def test_runs_are_searched(api: Api, run: dict[str, str], wanted: dict[str, object], count: int) -> None:
    assert run["status"] == "Completed"
    assert api.post("/workflows/search", wanted)["pagination"]["total"] == count


def test_unknown_runs(api: Api, run: dict[str, str]) -> None:
    for suffix in ("", "/summary", "/timeline"):
        assert api.get(f"/workflows/wf_x/{run['run_id']}{suffix}", expect=404)["message"] == "Workflow not found"
    api.post("/workflows/batch", {"workflows": [{"workflow_id": "x", "run_id": "y"}]}, expect=404)
    api.post("/workflows/batch", {}, expect=400)
    api.post("/workflows/search", {"limit": 5000}, expect=400)
