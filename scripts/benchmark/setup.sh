# Sourced by the scripts in this directory, from the project root. Sets the same allocator settings for everything that is measured.
export MALLOC_ARENA_MAX=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 OMP_NUM_THREADS=1

# install_peers: installs the other engines and frameworks in a virtual environment if needed (Python 3.11 or newer; about 3 GB).
install_peers() {
  python=target/peers/bin/python
  if [[ ! -x $python ]]; then
    python3 -m venv target/peers
    target/peers/bin/pip install --quiet --requirement scripts/benchmark/peers/requirements.txt
  fi
  mkdir -p docs/benchmarks
}

# make_data FOLDER IMAGES: creates images, weights of the full Xception, and a model calibrated on the images, unless the model exists.
make_data() {
  export IMAGES=$1/images WEIGHTS=$1/xception.h5 PEERS_CACHE=$1/cache
  mkdir -p "$PEERS_CACHE"
  if [[ ! -d $1/model ]]; then
    scripts/test-class 2g org.sparkxception.benchmark.BenchmarkData "$1" "$2" 2>"$1/log"
    scripts/spark-xception import-model --weights "$WEIGHTS" --labels "$1/labels.txt" --calibrate "$IMAGES" --output "$1/model" >>"$1/log" 2>&1
  fi
}
