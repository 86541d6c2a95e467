#!/usr/bin/env bash
# Submits the job with Spark's own spark-submit. Options before -- are for spark-submit, options after it for spark-xception:
#
#   jobs/spark-submit.sh --master yarn --deploy-mode cluster --properties-file conf/spark-yarn.conf \
#     -- --input hdfs:///images --output hdfs:///scores
#
# --properties-file is repeatable (the file for a cluster, then conf/spark-gpu.conf); conf/spark-defaults.conf is always read first.
# JAR is the jar, as the driver sees it, if it is not target/spark-xception-all.jar; SPARK_HOME selects the Spark distribution.
# A Spark that has Hadoop 3.4.2 and no S3A gets S3A from spark-xception-s3.jar, which lies next to that jar.
#
# Ends with the job's exit code in both deploy modes. With --deploy-mode cluster the driver leaves it in the output, since spark-submit returns
# none or a different one: 0 on a standalone cluster, 1 on YARN.
set -euo pipefail

home=$(readlink -f "${BASH_SOURCE[0]}")
home=${home%/*/*}
# The environment variables are for local mode, in which the driver scores; the job itself sets them for executors.
# shellcheck source=scripts/environment.sh
source "$home/scripts/environment.sh"
find_java

submit=${SPARK_HOME:+$SPARK_HOME/bin/}spark-submit
if [[ -n ${SPARK_HOME:-} ]]; then
  [[ -d $SPARK_HOME ]] || fail "SPARK_HOME=$SPARK_HOME is not a directory: set it to the directory of a Spark distribution"
  [[ -x $submit ]] || fail "SPARK_HOME=$SPARK_HOME has no bin/spark-submit: set it to the directory of a Spark distribution"
fi
command -v "$submit" >/dev/null || fail "spark-submit not found: set SPARK_HOME to the directory of a Spark distribution"
jar=${JAR:-$home/target/spark-xception-all.jar}
# The jar can be in a place that only the cluster sees; the jar that was built here can read the exit code as well.
[[ $jar =~ ^[a-z0-9]+:/ ]] && jar_here=$home/target/spark-xception-all.jar || jar_here=$jar
mode=client
options=()
storage=() # options that are also needed to read the output here
jars=()

setting() {
  case $1 in
  spark.jars)
    jars+=("$2")
    return
    ;;
  spark.submit.deployMode) mode=$2 ;;
  spark.hadoop.*) storage+=(--conf "$1=$2") ;;
  esac
  options+=(--conf "$1=$2")
}

# S3A runs only with the version of Hadoop that it belongs to, and managed clusters have their own.
needs_s3() {
  local spark=${SPARK_HOME:-$(dirname "$(readlink -f "$(command -v spark-submit)")")/..}
  [[ -f ${jar_here%/*}/spark-xception-s3.jar && -f $spark/jars/hadoop-client-api-3.4.2.jar ]] &&
    [[ -z $(find "$spark/jars/" -name 'hadoop-aws-*.jar') ]]
}

joined() {
  local IFS=,
  echo "$*"
}

while (($#)) && [[ $1 != -- ]]; do
  if [[ $1 == --*=* ]]; then
    set -- "${1%%=*}" "${1#*=}" "${@:2}"
  fi
  case $1 in
  --properties-file)
    [[ -r $2 ]] || fail "the file $2 cannot be read: check --properties-file"
    while IFS=$' \t=' read -r key value || [[ -n $key ]]; do
      [[ -z $key || $key == \#* ]] || setting "$key" "$value"
    done <"$2"
    shift 2
    ;;
  --conf | -c)
    setting "${2%%=*}" "${2#*=}"
    shift 2
    ;;
  --jars)
    jars+=("$2")
    shift 2
    ;;
  --packages | --repositories)
    options+=("$1" "$2")
    storage+=("$1" "$2")
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
  fail "specify the options of spark-xception after --, as shown at the top of this file"
fi
shift

jars_here=("${jars[@]}")
if needs_s3; then
  jars_here+=("${jar_here%/*}/spark-xception-s3.jar")
  [[ $jar != "$jar_here" ]] || jars+=("${jar_here%/*}/spark-xception-s3.jar")
fi
((${#jars[@]} == 0)) || options+=(--jars "$(joined "${jars[@]}")")
((${#jars_here[@]} == 0)) || storage+=(--jars "$(joined "${jars_here[@]}")")

main=(--class org.sparkxception.cli.Main --name spark-xception)
here=(--driver-java-options "'-Dlog4j2.configurationFile=$home/conf/log4j2.properties'")

if [[ $mode != cluster ]]; then
  exec "$submit" "${main[@]}" "${here[@]}" --properties-file "$home/conf/spark-defaults.conf" "${options[@]}" "$jar" classify "$@"
fi

submission=$(date +%Y%m%d%H%M%S)-$$-$RANDOM
"$submit" "${main[@]}" --properties-file "$home/conf/spark-defaults.conf" "${options[@]}" \
  --conf "spark.xception.submission=$submission" "$jar" classify "$@" ||
  echo "spark-submit.sh: spark-submit ended with $?" >&2
exec "$submit" "${main[@]}" "${here[@]}" --master 'local[1]' --deploy-mode client "${storage[@]}" \
  "$jar_here" exit-code --submission "$submission" "$@"
