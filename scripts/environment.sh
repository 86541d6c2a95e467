# Shared by scripts/spark-xception and jobs/spark-submit.sh, which source it: the environment of a JVM that scores, and the Java to run.

fail() {
  echo "${0##*/}: $1" >&2
  exit 2
}

# Sets java to the program to run: that of JAVA_HOME, or else the first on the PATH.
find_java() {
  local installed version
  if [[ -z ${JAVA_HOME:-} ]]; then
    java=$(command -v java) || fail "Java not found: install Java 17 or 21, or set JAVA_HOME"
  else
    java=$JAVA_HOME/bin/java
    [[ -d $JAVA_HOME ]] || fail "JAVA_HOME=$JAVA_HOME is not a directory: set it to the directory of Java 17 or 21"
    [[ -x $java ]] || fail "JAVA_HOME=$JAVA_HOME has no bin/java: set it to the directory of Java 17 or 21"
  fi
  # The file is read in a millisecond, and has the version in every installation that is not a wrapper.
  installed=$(readlink -f "$java")
  version=$(grep -s '^JAVA_VERSION=' "${installed%/*/*}/release") ||
    version=$("$java" -version 2>&1 | grep -m 1 ' version ') || true
  if [[ $version =~ \"(1\.)?([0-9]+) ]] && ((BASH_REMATCH[2] < 17)); then
    fail "$java is Java ${BASH_REMATCH[2]}, which is too old: set JAVA_HOME to the directory of Java 17 or 21"
  fi
}

# By default, glibc returns large buffers to the kernel after every batch and faults them in again: 2 to 3 times slower.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1}
export MALLOC_MMAP_MAX_=${MALLOC_MMAP_MAX_:-0}
export MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-17179869184}
# Two tasks with one thread each are faster than one task with two threads.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
export OPENCV_LOG_LEVEL=${OPENCV_LOG_LEVEL:-SILENT}

# The JVM decodes local file names by the locale: without a UTF-8 locale (cron, containers) it cannot list non-ASCII names.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
*[Uu][Tt][Ff]8 | *[Uu][Tt][Ff]-8) ;;
*) export LC_ALL=C.UTF-8 ;;
esac
