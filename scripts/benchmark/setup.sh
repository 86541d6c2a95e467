# Sourced by the scripts beside it, in the project's folder: gives all that is measured our setting of the allocator.
export MALLOC_ARENA_MAX=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 OMP_NUM_THREADS=1

# install_peers: sets the others up in an environment of its own, unless it is there (Python 3.11 or newer; some 3 GB).
install_peers() {
  python=target/peers/bin/python
  if [[ ! -x $python ]]; then
    python3 -m venv target/peers
    target/peers/bin/pip install --quiet --requirement scripts/benchmark/peers/requirements.txt
  fi
  mkdir -p docs/benchmarks
}

# make_data FOLDER IMAGES: images, the weights of the full Xception, and the model with both, unless the model is there.
make_data() {
  export IMAGES=$1/images WEIGHTS=$1/xception.h5 PEERS_CACHE=$1/cache
  mkdir -p "$PEERS_CACHE"
  if [[ ! -d $1/model ]]; then
    scripts/test-class 2g org.sparkxception.benchmark.BenchmarkData "$1" "$2" 2>"$1/log"
    scripts/spark-xception import-model --weights "$WEIGHTS" --labels "$1/labels.txt" --calibrate "$IMAGES" --output "$1/model" >>"$1/log" 2>&1
  fi
}
