"""Tasks and recurring exports."""

import pytest

from tests.conftest import Api

CONFIG = {"bucket": "b", "region": "us-east-1", "key_prefix": "p", "compression": "gzip", "encryption": "AES256"}


@pytest.fixture
def schedule(api: Api) -> dict[str, object]:
    """An hourly export of events."""
    connection = api.post("/connections", {"name": "S3", "provider_type": "s3"})["id"]
    body = {"connection_id": connection, "entity_type": "events", "interval": "hourly", "enabled": True, "job_config": CONFIG}
    made: dict[str, object] = api.post("/tasks/scheduled", body, expect=201)
    return made


def test_a_schedule_keeps_its_terms(api: Api, schedule: dict[str, object]) -> None:
    assert schedule["job_config"] == CONFIG
    listed = api.get("/tasks/scheduled")
    assert listed["pagination"] == {"total": 1, "limit": 0, "offset": 0}
    assert listed["items"] == [schedule]
    assert api.get("/tasks/scheduled?enabled=false")["items"] == []


def test_a_schedule_is_paused_by_a_value_only(api: Api, schedule: dict[str, object]) -> None:
    path = f"/tasks/scheduled/{schedule['id']}"

    assert api.put(path, {"enabled": False})["enabled"] is False
    assert api.put(path, {}, expect=400)["message"] == "Please provide enabled field (true or false)"


def test_an_archived_schedule_leaves_the_list(api: Api, schedule: dict[str, object]) -> None:
    answer = api.delete(f"/tasks/scheduled/{schedule['id']}", expect=200)

    assert answer == {"id": schedule["id"], "message": "Scheduled task archived successfully", "status": "archived"}
    assert api.get("/tasks/scheduled")["items"] == []


@pytest.mark.parametrize(
    ("change", "status", "text"),
    [
        ({"interval": "yearly"}, 400, "Interval must be one of: 15MIN, 30MIN, custom, hourly, daily"),
        ({"entity_type": "dogs"}, 400, "Entity type must be one of: events,"),
        ({"job_config": {"bucket": "b"}}, 400, "bucket and a region"),
        ({"job_config": {**CONFIG, "compression": "zip"}}, 400, "Compression must be one of: none, gzip"),
        ({}, 404, "Connection with ID conn_x was not found"),
    ],
)
def test_what_a_schedule_is_refused_for(api: Api, change: dict[str, object], status: int, text: str) -> None:
    body = {"connection_id": "conn_x", "entity_type": "events", "interval": "daily", "enabled": True, "job_config": CONFIG}

    assert text in api.post("/tasks/scheduled", {**body, **change}, expect=status)["message"]


def test_a_run_covers_the_interval_that_is_running(api: Api, schedule: dict[str, object]) -> None:
    api.freeze("2026-03-05T10:42:00Z")

    answer = api.post(f"/tasks/scheduled/{schedule['id']}/run")

    assert (answer["start_time"], answer["end_time"], answer["mode"]) == ("2026-03-05T10:00:00Z", "2026-03-05T11:00:00Z", "force run")


def test_a_run_takes_a_range_of_its_own(api: Api, schedule: dict[str, object]) -> None:
    path = f"/tasks/scheduled/{schedule['id']}/run"
    start, end = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"

    assert api.post(path, {"start_time": start, "end_time": end})["end_time"] == end
    api.post(path, {"start_time": end, "end_time": start}, expect=400)
    api.post(path, {"start_time": start}, expect=400)


def test_a_run_leaves_a_task_and_a_job_run(api: Api, schedule: dict[str, object]) -> None:
    workflow_id = api.post(f"/tasks/scheduled/{schedule['id']}/run")["workflow_id"]

    task = api.get(f"/tasks/{workflow_id}")
    (run,) = api.post("/workflows/search", {"entity_id": schedule["id"]})["items"]

    assert (task["task_type"], task["task_status"], task["scheduled_task_id"]) == ("EXPORT", "FAILED", schedule["id"])
    assert task["error_summary"]
    assert run["workflow_id"] == workflow_id
    assert api.get(f"/tasks?task_status=FAILED&scheduled_task_id={schedule['id']}")["pagination"]["total"] == 1
    assert api.get(f"/tasks/{workflow_id}/download", expect=400)["code"] == "invalid_operation"


def test_a_task_moves_along_its_arrows(api: Api, schedule: dict[str, object]) -> None:
    task_id = api.post(f"/tasks/scheduled/{schedule['id']}/run")["workflow_id"]
    path = f"/tasks/{task_id}/status"

    api.put(path, {"task_status": "COMPLETED"}, expect=400)
    api.put(path, {"task_status": "PROCESSING"})
    api.put(path, {"task_status": "COMPLETED"})
    api.put(path, {"task_status": "PROCESSING"}, expect=400)

    assert api.get(f"/tasks/{task_id}")["completed_at"]


def test_unknown_tasks(api: Api) -> None:
    assert api.get("/tasks/result?workflow_id=x", expect=404)["details"] == {"task_id": "result"}
    assert api.put("/tasks/task_x/status", {"task_status": "FAILED"}, expect=404)["message"] == "Task not found"
    assert api.put("/tasks/task_x/status", {"task_status": "DONE"}, expect=400)["message"] == "Task not found"
    assert api.get("/tasks?task_status=DONE")["items"] == []
    assert api.get("/tasks?limit=5000")["pagination"]["limit"] == 5000
