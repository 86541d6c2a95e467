#!/usr/bin/env bash
# Submits the job with Spark's own spark-submit. Everything after -- goes to spark-xception, what stands before to spark-submit:
#
#   jobs/spark-submit.sh --master yarn --executor-memory 3g -- --input hdfs:///images --output hdfs:///scores
#
# JAR names the jar where it is not target/spark-xception.jar; SPARK_HOME says which Spark.
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
submit=${SPARK_HOME:+$SPARK_HOME/bin/}spark-submit

spark_options=()
while (($#)) && [[ $1 != -- ]]; do
  spark_options+=("$1")
  shift
done
if ! (($#)); then
  echo "spark-submit.sh: give the options of spark-xception after --, as the head of this file shows" >&2
  exit 2
fi
shift

# Executors get these from the job itself; in local mode the driver scores, so that it needs them too.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1}
export MALLOC_MMAP_MAX_=${MALLOC_MMAP_MAX_:-0}
export MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-17179869184}
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
export OPENCV_LOG_LEVEL=${OPENCV_LOG_LEVEL:-SILENT}

# The JVM reads names of local files by the locale: without a UTF-8 one (cron, containers) it cannot list those beyond ASCII.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
*[Uu][Tt][Ff]8 | *[Uu][Tt][Ff]-8) ;;
*) export LC_ALL=C.UTF-8 ;;
esac

exec "$submit" \
  --class org.sparkxception.cli.Main \
  --name spark-xception \
  --properties-file "$home/conf/spark-defaults.conf" \
  --driver-java-options "-Dlog4j2.configurationFile=$home/conf/log4j2.properties" \
  "${spark_options[@]}" \
  "${JAR:-$home/target/spark-xception.jar}" \
  classify "$@"
