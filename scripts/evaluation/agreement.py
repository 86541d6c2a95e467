"""Compares the results of runs on the same images, for example with different precisions, or with different models of the same classes.

    pip install pyarrow numpy
    python scripts/evaluation/agreement.py FIRST OTHER [OTHER…]

Each argument is an output of `classify`. Images are matched by path; images that are ok in both runs are compared. If the runs have
truths (`--truth`), the accuracy of each is printed too. Used with pyarrow 25.0.1, numpy 2.4.6.
"""

import argparse

import numpy as np
import pyarrow.dataset


def read(output):
    """Returns {path: (truth, {class: score}, best class)} of the images that are ok."""
    data = pyarrow.dataset.dataset(output, format="parquet", partitioning="hive")
    columns = ["path", "predictions"] + [name for name in ["truth"] if name in data.schema.names]
    rows = data.to_table(columns=columns, filter=pyarrow.dataset.field("status") == "ok").to_pylist()
    found = {}
    for row in rows:
        scores = {prediction["label"]: prediction["score"] for prediction in row["predictions"]}
        found[row["path"]] = (row.get("truth"), scores, row["predictions"][0]["label"])
    return found


def accuracy(rows):
    known = [truth == best for truth, _, best in rows if truth is not None]
    return f"{np.mean(known):.4f}" if known else "unknown"


def compare(first, other):
    both = [(first[path], other[path]) for path in sorted(first.keys() & other.keys())]
    if not both:
        raise SystemExit("the runs have no images in common")
    same = np.mean([a[2] == b[2] for a, b in both])
    # For the best class of the first run, if the other run lists it too.
    top = np.array([abs(a[1][a[2]] - b[1][a[2]]) for a, b in both if a[2] in b[1]])
    everything = np.array([abs(a[1][name] - b[1][name]) for a, b in both for name in a[1].keys() & b[1].keys()])
    print(f"  images in both  {len(both)} (only in the first {len(first) - len(both)}, in the other {len(other) - len(both)})")
    print(f"  best class      the same for {same:.2%}")
    print(f"  accuracy        {accuracy(a for a, _ in both)} and {accuracy(b for _, b in both)}")
    print(f"  best score      differs by {top.mean():.5f} on average, by {top.max():.4f} at most")
    print(f"  listed scores   differ by {everything.mean():.5f} on average, by {everything.max():.4f} at most")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first")
    parser.add_argument("others", nargs="+")
    options = parser.parse_args()
    first = read(options.first)
    for output in options.others:
        print(f"{options.first} and {output}")
        compare(first, read(output))


if __name__ == "__main__":
    main()
