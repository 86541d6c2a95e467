"""Creates the table and the plot for engines.csv, jobs.csv or growth.csv, measured on this machine: medians over the rounds.

usage: report.py FOLDER engines|jobs|growth
"""

import collections
import csv
import os
import platform
import statistics
import sys

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot


def main():
    folder, name = sys.argv[1:]
    with open(os.path.join(folder, f"{name}.csv")) as file:
        {"engines": engines, "jobs": jobs, "growth": growth}[name](folder, list(csv.DictReader(file)))


def grouped(rows, keys, value):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[tuple(row[key] for key in keys)].append(float(row[value]))
    return groups


def engines(folder, rows):
    rates = grouped(rows, ("network", "engine", "precision"), "images_per_second")
    with open(os.path.join(folder, "engines.md"), "w") as file:
        file.write(
            f"Images/s, {measured(rows)}.\n\n"
            "| network | engine | fp32 | bf16 | int8 |\n| --- | --- | ---: | ---: | ---: |\n"
        )
        for network, engine in dict.fromkeys((network, engine) for network, engine, _ in rates):
            cells = (cell(rates.get((network, engine, precision))) for precision in ("fp32", "bf16", "int8"))
            file.write(f"| {network} | {engine} | {' | '.join(cells)} |\n")
    plot({key: statistics.median(values) for key, values in rates.items()}, os.path.join(folder, "engines.svg"))


def jobs(folder, rows):
    columns = ("images_per_second", "seconds", "peak_mib", "agreement")
    values = [grouped(rows, ("job", "precision"), column) for column in columns]
    with open(os.path.join(folder, "jobs.md"), "w") as file:
        file.write(
            f"Throughput and memory, {measured(rows)}. Images/s are measured over the second half of the images.\n\n"
            "| job | precision | images/s, steady | total seconds | peak MiB of all processes | same best class as spark-xception fp32 |\n"
            "| --- | --- | ---: | ---: | ---: | ---: |\n"
        )
        for key in values[0]:
            rate, seconds, peak, agreement = (groups[key] for groups in values)
            medians = f"{statistics.median(seconds):.0f} | {statistics.median(peak):.0f} | {statistics.median(agreement):.1%}"
            file.write(f"| {' | '.join(key)} | {cell(rate)} | {medians} |\n")


def growth(folder, rows):
    columns = ("seconds", "images_per_second", "peak_mib")
    seconds, rate, peak = (grouped(rows, ("executors", "images"), column) for column in columns)
    with open(os.path.join(folder, "growth.md"), "w") as file:
        file.write(
            f"Time, throughput and memory, {measured(rows)}.\n\n"
            "| executors | images | total seconds | images/s, steady | peak MiB of all processes |\n"
            "| --- | ---: | ---: | ---: | ---: |\n"
        )
        for executors, images in seconds:
            key = executors, images
            file.write(f"| {executors} | {int(images):,} | {cell(seconds[key])} | {cell(rate[key])} | {statistics.median(peak[key]):.0f} |\n")
    local = [(int(images), statistics.median(values)) for (where, images), values in seconds.items() if where == "local"]
    figure, axes = pyplot.subplots(figsize=(5, 3))
    axes.loglog([images for images, _ in local], [1000 * total / images for images, total in local], "o-", label="complete run")
    steady = [(int(images), statistics.median(values)) for (where, images), values in rate.items() if where == "local"]
    axes.loglog([images for images, _ in steady], [1000 / value for _, value in steady], "o-", label="steady")
    axes.set_xlabel("images")
    axes.set_ylabel("ms per image")
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(os.path.join(folder, "growth.svg"), metadata={"Date": None})


def measured(rows):
    rounds = max(int(row["round"]) for row in rows)
    times = "one round" if rounds == 1 else f"median of {rounds} interleaved rounds (minimum–maximum in parentheses)"
    return f"{times}, on two cores of {cpu()}"


def cell(values):
    if not values:
        return ""
    spread = f" ({min(values):.1f}–{max(values):.1f})" if len(values) > 1 else ""
    return f"{statistics.median(values):.1f}{spread}"


def cpu():
    """The model name of the CPU, and its instruction sets for lower precisions."""
    facts = {}
    with open("/proc/cpuinfo") as file:
        for line in file:
            name, _, value = line.partition(":")
            facts.setdefault(name.strip(), value.strip())
    flags = facts.get("flags", "").split()
    kinds = [kind for flag, kind in (("amx_tile", "AMX"), ("avx512_bf16", "AVX-512 BF16"), ("avx512_vnni", "VNNI")) if flag in flags]
    return facts.get("model name", platform.machine()) + (f" ({', '.join(kinds)})" if kinds else "")


def plot(medians, path):
    matplotlib.rcParams["svg.hashsalt"] = "engines"
    figure, axes = pyplot.subplots(1, 3, figsize=(10, 3), sharey=False)
    for axis, precision in zip(axes, ("fp32", "bf16", "int8")):
        engines = [engine for network, engine, p in medians if network == "xception" and p == precision]
        values = [medians["xception", engine, precision] for engine in engines]
        colors = ["#d95f02" if engine == "spark-xception" else "#7f8c8d" for engine in engines]
        axis.barh(engines[::-1], values[::-1], color=colors[::-1])
        axis.set_title(f"{precision}, images/s")
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
