"""Runs a command and prints the last line of its output, and the peak memory of the command and its child processes (proportional set size) in MiB.

usage: measure.py LOG COMMAND [ARGUMENT...]
"""

import subprocess
import sys
import threading

import psutil

SECONDS_BETWEEN = 0.5


def memory(process):
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            pass  # the process has ended
    return total


def main():
    with open(sys.argv[1], "a") as log:
        child = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, stderr=log, text=True)
        peak = 0
        ended = threading.Event()

        def watch():
            nonlocal peak
            while not ended.wait(SECONDS_BETWEEN):
                try:
                    peak = max(peak, memory(psutil.Process(child.pid)))
                except psutil.Error:
                    return

        threading.Thread(target=watch, daemon=True).start()
        lines = child.stdout.read().splitlines()
        code = child.wait()
        ended.set()
    print(f"{lines[-1] if lines else ''} {peak >> 20}")
    sys.exit(code)


if __name__ == "__main__":
    main()
