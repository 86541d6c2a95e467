#!/usr/bin/env bash
# Submits the job with Spark's own spark-submit. Options before -- are for spark-submit, options after it for spark-xception:
#
#   jobs/spark-submit.sh --master yarn --deploy-mode cluster --properties-file conf/spark-yarn.conf \
#     -- --input hdfs:///images --output hdfs:///scores
#
# --properties-file is repeatable (the file for a cluster, then conf/spark-gpu.conf); conf/spark-defaults.conf is always read first.
# JAR is the jar, as the driver sees it, if it is not target/spark-xception-all.jar; SPARK_HOME selects the Spark distribution.
#
# Ends with the job's exit code in both deploy modes. With --deploy-mode cluster the driver leaves it in the output, since spark-submit returns
# none or a different one: 0 on a standalone cluster, 1 on YARN.
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
submit=${SPARK_HOME:+$SPARK_HOME/bin/}spark-submit
jar=${JAR:-$home/target/spark-xception-all.jar}
mode=client
options=()
storage=() # settings that are also needed to read the output here

setting() {
  options+=(--conf "$1=$2")
  case $1 in
  spark.submit.deployMode) mode=$2 ;;
  spark.hadoop.*) storage+=(--conf "$1=$2") ;;
  esac
}

while (($#)) && [[ $1 != -- ]]; do
  if [[ $1 == --*=* ]]; then
    set -- "${1%%=*}" "${1#*=}" "${@:2}"
  fi
  case $1 in
  --properties-file)
    while IFS=$' \t=' read -r key value || [[ -n $key ]]; do
      [[ -z $key || $key == \#* ]] || setting "$key" "$value"
    done <"$2"
    shift 2
    ;;
  --conf | -c)
    setting "${2%%=*}" "${2#*=}"
    shift 2
    ;;
  --deploy-mode)
    setting spark.submit.deployMode "$2"
    shift 2
    ;;
  *)
    options+=("$1")
    shift
    ;;
  esac
done
if ! (($#)); then
  echo "spark-submit.sh: specify the options of spark-xception after --, as shown at the top of this file" >&2
  exit 2
fi
shift

# The job sets these for executors; in local mode the driver scores, so it needs them too.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1}
export MALLOC_MMAP_MAX_=${MALLOC_MMAP_MAX_:-0}
export MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-17179869184}
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
export OPENCV_LOG_LEVEL=${OPENCV_LOG_LEVEL:-SILENT}

# The JVM decodes local file names by the locale: without a UTF-8 locale (cron, containers) it cannot list non-ASCII names.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
*[Uu][Tt][Ff]8 | *[Uu][Tt][Ff]-8) ;;
*) export LC_ALL=C.UTF-8 ;;
esac

main=(--class org.sparkxception.cli.Main --name spark-xception)
here=(--driver-java-options "-Dlog4j2.configurationFile=$home/conf/log4j2.properties")

if [[ $mode != cluster ]]; then
  exec "$submit" "${main[@]}" "${here[@]}" --properties-file "$home/conf/spark-defaults.conf" "${options[@]}" "$jar" classify "$@"
fi

# The jar can be in a place that only the cluster sees; the jar that was built here can read the exit code as well.
[[ $jar == *:/* ]] && jar_here=$home/target/spark-xception-all.jar || jar_here=$jar
submission=$(date +%Y%m%d%H%M%S)-$$-$RANDOM
"$submit" "${main[@]}" --properties-file "$home/conf/spark-defaults.conf" "${options[@]}" \
  --conf "spark.xception.submission=$submission" "$jar" classify "$@" ||
  echo "spark-submit.sh: spark-submit ended with $?" >&2
exec "$submit" "${main[@]}" "${here[@]}" --master 'local[1]' --deploy-mode client "${storage[@]}" \
  "$jar_here" exit-code --submission "$submission" "$@"
