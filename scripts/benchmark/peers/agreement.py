"""Prints the share of images for which two jobs have the same best class, of the images that both scored, matched by file name.

usage: agreement.py OUTPUT OTHER_OUTPUT
"""

import os
import sys

import pyarrow.dataset


def best_classes(output):
    rows = pyarrow.dataset.dataset(output, format="parquet", partitioning="hive").to_table().to_pylist()
    return {os.path.basename(row["path"]): best_class(row) for row in rows}


def best_class(row):
    """This project writes a list of predictions, Spark and Daft a struct of two lists, the others two lists."""
    if "predictions" in row:
        return row["predictions"][0]["index"]
    return row.get("top", row)["index"][0]


def main():
    first, other = (best_classes(output) for output in sys.argv[1:])
    both = first.keys() & other.keys()
    print(f"{sum(first[name] == other[name] for name in both) / len(both):.4f}")


if __name__ == "__main__":
    main()
