"""
Scores the images of each day with spark-xception, after the day has ended and its images have arrived.

The Variables `spark_xception_home`, `_input`, `_output` and `_ready` apply to every run; params apply to a single run.
In URIs, strftime fields (`%Y-%m-%d`) are replaced with the logical date.
"""

from __future__ import annotations

import json
import shlex
from datetime import datetime, timedelta, timezone

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import DAG, Asset, Connection, CronDataIntervalTimetable, ObjectStoragePath, Param, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

SCORES = Asset("spark_xception_scores")

TOO_MANY_FAILURES = 4
FINAL_EXIT_CODES = {
    2: "the command line or a settings file is invalid",
    3: "the input cannot be listed or contains no images",
    TOO_MANY_FAILURES: "more images failed, or more truths are not labels, than --max-failed-fraction allows; all results are written",
    5: "the output belongs to a run with different settings",
    6: "the model or the device does not work",
}


class SparkXceptionOperator(SparkSubmitOperator):
    """
    Runs `spark-xception classify`. Fails without further retries if the exit code is one of FINAL_EXIT_CODES, since a retry cannot help.

    Pushes two XComs, even if too many images failed: `report`, the path of report.json, and `counts`, the number of images in total and
    per status. A success creates an event of the asset SCORES with both and the output.

    :param images: URI of the images, on any Hadoop filesystem (templated)
    :param scores: URI of the output, on any Hadoop filesystem (templated)
    :param mode: what to do with an output that already contains results (templated)
    :param options: additional options of classify, as on the command line (templated)
    """

    template_fields = (*SparkSubmitOperator.template_fields, "images", "scores", "mode", "options")

    def __init__(self, *, images: str, scores: str, mode: str = "resume", options: str = "", **kwargs):
        super().__init__(java_class="org.sparkxception.cli.Main", outlets=[SCORES], **kwargs)
        self.images = images
        self.scores = scores
        self.mode = mode
        self.options = options

    def execute(self, context):
        Connection.get(self._conn_id)  # fails if it does not exist: SparkSubmitOperator would silently use YARN
        self.application_args = ["classify", "--input", self.images, "--output", self.scores, "--mode", self.mode]
        self.application_args += shlex.split(self.options)
        try:
            super().execute(context)
        except AirflowException as failure:
            code = self._exit_code()
            if code not in FINAL_EXIT_CODES:
                raise
            message = f"spark-xception ended with {code}: {FINAL_EXIT_CODES[code]}"
            if code == TOO_MANY_FAILURES:
                message += f": see {self._publish(context)['report']}"
            raise AirflowFailException(message) from failure
        context["outlet_events"][SCORES].extra = {"output": self.scores, **self._publish(context)}

    def _exit_code(self) -> int | None:
        """Exit code of spark-submit, which in client mode is that of the driver. None if spark-submit was not started."""
        process = self._hook._submit_sp if self._hook else None
        return process.returncode if process else None

    def _publish(self, context) -> dict:
        """Reads the report, pushes the XComs and returns them."""
        report = f"{self.scores.rstrip('/')}/_run/report.json"
        images = json.loads(ObjectStoragePath(report).read_bytes())["images"]
        published = {"report": report, "counts": {"images": images["total"], **images["byStatus"]}}
        for key, value in published.items():
            context["ti"].xcom_push(key=key, value=value)
        return published


def variable(name: str, default: str) -> str:
    """A Jinja expression: a Variable, or its default."""
    return f"var.value.get('spark_xception_{name}', '{default}')"


def dated(name: str, default: str) -> str:
    """A template: a param, or else a Variable, with the date of the run. A run triggered without a date uses the current time."""
    return f"{{{{ (dag_run.logical_date or dag_run.run_after).strftime(params.{name} or {variable(name, default)}) }}}}"


HOME = f"{{{{ {variable('home', '/opt/spark-xception')} }}}}"
INPUT = dated("input", "/data/images/%Y-%m-%d")
OUTPUT = dated("output", "/data/scores/%Y-%m-%d")
READY = dated("ready", "")

with DAG(
    dag_id="spark_xception",
    description="Scores the images of each day with Xception",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("@daily", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    # The delay starts at [core] default_task_retry_delay, 5 minutes. The driver can outlive its task and block the first retries.
    default_args={"retries": 6, "retry_exponential_backoff": 2.0, "max_retry_delay": timedelta(hours=1)},
    params={
        "input": Param("", type="string", description="URI of the images. Empty: the Variable spark_xception_input"),
        "output": Param("", type="string", description="URI of the scores. Empty: the Variable spark_xception_output"),
        "ready": Param(
            "",
            type="string",
            description="URI that exists when the input is complete (a marker file). Empty: the Variable spark_xception_ready, or the input itself",
        ),
        "mode": Param("resume", enum=["resume", "update", "retry-failed", "overwrite"]),
        "options": Param("", type="string", description="Additional options of classify, as on the command line"),
    },
    tags=["spark-xception"],
):

    @task.sensor(poke_interval=60, timeout=timedelta(hours=12).total_seconds(), mode="reschedule")
    def wait_for_input(images: str, ready: str) -> bool:
        return ObjectStoragePath(ready or images).exists()

    classify = SparkXceptionOperator(
        task_id="classify",
        conn_id="spark_default",
        name="spark-xception {{ run_id }}",
        application=f"{HOME}/target/spark-xception-all.jar",
        # For s3a:// on a Spark that has Hadoop 3.4.2 and no S3A: jars=f"{HOME}/target/spark-xception-s3.jar",
        properties_file=f"{HOME}/conf/spark-defaults.conf",
        conf={"spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={HOME}/conf/log4j2.properties"},
        # The same as in jobs/spark-submit.sh, which explains them.
        env_vars={
            "MALLOC_ARENA_MAX": "1",
            "MALLOC_MMAP_MAX_": "0",
            "MALLOC_TRIM_THRESHOLD_": "17179869184",
            "OMP_NUM_THREADS": "1",
            "OPENCV_LOG_LEVEL": "SILENT",
            "LC_ALL": "C.UTF-8",
        },
        images=INPUT,
        scores=OUTPUT,
        mode="{{ params.mode }}",
        options="{{ params.options }}",
        max_active_tis_per_dag=1,
    )

    wait_for_input(INPUT, READY) >> classify
