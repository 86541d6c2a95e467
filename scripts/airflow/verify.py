"""Runs the DAG in a separate Airflow through five cases, and compares the results in Airflow's API with the expected ones."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.dataset
import requests

HOME = Path(__file__).resolve().parents[2]
SAMPLES = HOME / "sample-data/images"
WORK = HOME / "target/airflow/run"
IMAGES = WORK / "images"
SCORES = WORK / "scores"
DAG = "spark_xception"
BROKEN = (
    "Bag/notes.jpg",
    "Coat/truncated-download.jpg",
    "Dress/absurd-header.png",
    "Sandal/bad-sector.png",
    "Shirt/not-found.png",
    "Sneaker/empty.png",
)
WHOLE = ("Coat/00097.png", "Coat/00106.png", "Coat/00108.png")
OF_SAMPLES = {"images": 246, "ok": 240, "corrupt": 3, "too_large": 1, "unsupported": 2}


def wait(seconds: float, what: str, condition):
    """Waits until the condition returns a true value, and returns that value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.2)
    raise TimeoutError(f"{what}: not within {seconds:.0f} s")


class Airflow:
    """An Airflow with an empty database: api-server, scheduler and dag-processor, which stop at the end of the `with` block."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.session = requests.Session()
        self.processes = []
        programs = [f"{os.environ['SPARK_HOME']}/bin", str(Path(sys.executable).parent), os.environ["PATH"]]
        self.environment = os.environ | {
            "PATH": ":".join(programs),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AIRFLOW_HOME": str(WORK / "home"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(HOME / "jobs/airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PARALLELISM": "3",
            "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "5",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps({"conn_type": "spark", "host": "local[2]"}),
            "AIRFLOW_VAR_SPARK_XCEPTION_HOME": str(HOME),
            "AIRFLOW_VAR_SPARK_XCEPTION_INPUT": f"{IMAGES}/%Y-%m-%d",
            "AIRFLOW_VAR_SPARK_XCEPTION_OUTPUT": f"{SCORES}/%Y-%m-%d",
        }

    def __enter__(self):
        self.command("db", "migrate")
        self.start("api-server", "--port", str(self.port))
        wait(180, "the api-server", self.is_up)
        token = self.session.get(f"{self.url}/auth/token").json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.start("dag-processor")
        self.start("scheduler", "--skip-serve-logs")
        wait(180, f"the DAG {DAG}", lambda: self.get(f"dags/{DAG}"))
        return self

    def __exit__(self, *_):
        for process in self.processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def command(self, *arguments: str) -> None:
        """Runs an Airflow command; its output goes to a log file in WORK."""
        with self.log(arguments[0]) as log:
            subprocess.run(["airflow", *arguments], env=self.environment, stdout=log, stderr=log, check=True)

    def start(self, *arguments: str) -> None:
        with self.log(arguments[0]) as log:
            process = subprocess.Popen(
                ["airflow", *arguments], env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)

    @staticmethod
    def log(name: str):
        return (WORK / f"{name}.log").open("a")

    def is_up(self) -> bool:
        try:
            return self.session.get(f"{self.url}/api/v2/version").ok
        except requests.ConnectionError:
            return False

    def get(self, path: str, **query) -> dict | None:
        """Returns the response of the API, or None if it is 404."""
        response = self.session.get(f"{self.url}/api/v2/{path}", params=query)
        if response.status_code == 404:
            return None
        response.raise_for_status()
        return response.json()

    def unpause(self) -> None:
        self.session.patch(f"{self.url}/api/v2/dags/{DAG}", json={"is_paused": False}).raise_for_status()

    def trigger(self, date: str, **params) -> Run:
        body = {"logical_date": f"{date}T00:00:00Z", "conf": params}
        response = self.session.post(f"{self.url}/api/v2/dags/{DAG}/dagRuns", json=body)
        response.raise_for_status()
        return Run(self, response.json())

    def runs(self, kind: str) -> list[Run]:
        found = self.get(f"dags/{DAG}/dagRuns", run_type=kind, order_by="logical_date")
        return [Run(self, run) for run in found["dag_runs"]]


class Run:
    """A run of the DAG."""

    def __init__(self, airflow: Airflow, run: dict):
        self.airflow = airflow
        self.path = f"dags/{DAG}/dagRuns/{run['dag_run_id']}"
        self.id = run["dag_run_id"]
        self.date = run["logical_date"][:10]
        self.output = SCORES / self.date

    def state(self) -> str:
        return self.airflow.get(self.path)["state"]

    def task(self, task: str) -> dict:
        return self.airflow.get(f"{self.path}/taskInstances/{task}")

    def xcom(self, key: str):
        """Returns what this run pushed, or None; if it pushed nothing, the API returns the value of an earlier run."""
        entry = self.airflow.get(f"{self.path}/taskInstances/classify/xcomEntries/{key}")
        return entry["value"] if entry and entry["run_id"] == self.id else None

    def log(self, attempt: int) -> str:
        return json.dumps(self.airflow.get(f"{self.path}/taskInstances/classify/logs/{attempt}", full_content="true"))

    def finish(self) -> Run:
        wait(900, f"the end of run {self.id}", lambda: self.state() in ("success", "failed"))
        return self

    def facts(self) -> dict:
        """Returns the facts that are compared for every run."""
        classify = self.task("classify")
        files = [str(file) for file in self.output.glob("chunk=*/*.parquet")]
        paths = pyarrow.dataset.dataset(files).to_table(["path"])["path"].to_pylist() if files else []
        events = self.airflow.get("assets/events", source_dag_id=DAG, source_run_id=self.id)["asset_events"]
        return {
            "run": self.state(),
            "wait_for_input": self.task("wait_for_input")["state"],
            "classify": f"{classify['state']}, try {classify['try_number']}",
            "rows": len(paths),
            "rows twice": len(paths) - len(set(paths)),
            "XCom counts": self.xcom("counts"),
            "XCom report": self.xcom("report") == f"{self.output}/_run/report.json",
            "asset": [event["extra"].get("output") == str(self.output) for event in events],
        }


def put(date: str, folders: int = 1, only: tuple[str, ...] = ()) -> None:
    """Copies the sample images, or only some of them, to the given number of folders of a date. They appear atomically."""
    files = only or [str(file.relative_to(SAMPLES)) for file in SAMPLES.rglob("*") if file.is_file()]
    arriving = WORK / "arriving" / date
    for folder in range(folders):
        for file in files:
            copy = arriving / f"{folder:02}" / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SAMPLES / file, copy)
    arriving.rename(IMAGES / date)


def first_run(airflow: Airflow) -> dict:
    run = wait(120, "a run by the schedule", lambda: airflow.runs("scheduled"))[0]
    wait(120, "the sensor", lambda: run.task("wait_for_input")["state"] == "up_for_reschedule")
    before = run.task("wait_for_input")["state"]
    put(run.date)
    return {"wait_for_input before": before} | run.finish().facts()


def holder(output: Path) -> int | None:
    """Process id of the driver that has locked the output; the name of the lock file changes with each heartbeat."""
    for lock in (output / "_run").glob("lock*"):
        with contextlib.suppress(FileNotFoundError):
            if found := re.search(r'"process":(\d+)', lock.read_text()):
                return int(found[1])
    return None


def retry_after_kill(airflow: Airflow) -> dict:
    put("2026-01-02", folders=6)
    run = airflow.trigger("2026-01-02", options="--chunk-images 246")
    wait(900, "a complete chunk", lambda: any(run.output.glob("chunk=*/_SUCCESS")))
    os.kill(wait(20, "the lock", lambda: holder(run.output)), signal.SIGKILL)
    whole = len(list(run.output.glob("chunk=*/_SUCCESS")))
    facts = run.finish().facts()
    plan = json.loads((run.output / "_run/report.json").read_text())["plan"]
    resumed = plan["chunks"] == 6 and whole <= plan["chunksDoneBefore"] < 6
    return facts | {"resumes after the complete chunks": resumed}


def empty_input(airflow: Airflow) -> dict:
    (IMAGES / "2026-01-03").mkdir()
    run = airflow.trigger("2026-01-03").finish()
    return run.facts() | {"log names the exit code": "spark-xception ended with 3" in run.log(1)}


def too_many_failures(airflow: Airflow) -> dict:
    put("2026-01-04", only=(*BROKEN, *WHOLE))
    run = airflow.trigger("2026-01-04").finish()
    message = f"spark-xception ended with 4: more images failed, or more truths are not labels, than --max-failed-fraction allows; all results are written: see {run.output}"
    return run.facts() | {"log names the report": f"{message}/_run/report.json" in run.log(1)}


def catch_up(airflow: Airflow) -> dict:
    for date in ("2026-02-01", "2026-02-02", "2026-02-03"):
        put(date)
    airflow.command("backfill", "create", "--dag-id", DAG, "--from-date", "2026-02-01", "--to-date", "2026-02-03")
    runs = [run.finish() for run in airflow.runs("backfill")]
    return {"dates": [run.date for run in runs]} | {f"{name} {run.date}": fact for run in runs for name, fact in run.facts().items()}


SUCCESS = {"run": "success", "wait_for_input": "success", "rows twice": 0, "XCom report": True, "asset": [True]}
FAILURE = {"run": "failed", "wait_for_input": "success", "classify": "failed, try 1", "rows twice": 0, "asset": []}
OF_ONE_DATE = SUCCESS | {"classify": "success, try 1", "rows": 246, "XCom counts": OF_SAMPLES}

CASES = [
    ("first run, by the schedule", first_run, {"wait_for_input before": "up_for_reschedule"} | OF_ONE_DATE),
    (
        "driver killed",
        retry_after_kill,
        SUCCESS
        | {
            "classify": "success, try 2",
            "rows": 1476,
            "XCom counts": {name: 6 * count for name, count in OF_SAMPLES.items()},
            "resumes after the complete chunks": True,
        },
    ),
    (
        "empty input",
        empty_input,
        FAILURE | {"rows": 0, "XCom counts": None, "XCom report": False, "log names the exit code": True},
    ),
    (
        "too many failures",
        too_many_failures,
        FAILURE
        | {
            "rows": 9,
            "XCom counts": {"images": 9, "ok": 3, "corrupt": 3, "too_large": 1, "unsupported": 2},
            "XCom report": True,
            "log names the report": True,
        },
    ),
    (
        "catch-up",
        catch_up,
        {"dates": ["2026-02-01", "2026-02-02", "2026-02-03"]}
        | {f"{name} 2026-02-0{day}": fact for day in (1, 2, 3) for name, fact in OF_ONE_DATE.items()},
    ),
]


def main() -> int:
    shutil.rmtree(WORK, ignore_errors=True)
    IMAGES.mkdir(parents=True)
    differences = 0
    print("| case | what | expected | actual | |\n| --- | --- | --- | --- | --- |", flush=True)
    with Airflow() as airflow, ThreadPoolExecutor() as threads:
        airflow.unpause()
        running = [threads.submit(run, airflow) for _, run, _ in CASES]
        for (case, _, expected), future in zip(CASES, running):
            actual = future.result()
            for what in expected | actual:
                same = what in expected and what in actual and expected[what] == actual[what]
                differences += not same
                print(f"| {case} | {what} | {expected.get(what)} | {actual.get(what)} | {'' if same else 'differs'} |", flush=True)
    print(f"\n{differences} differences" if differences else "\nAll as expected.")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
