"""The loop of a peer: one JSON request a line on stdin, one JSON answer a line on stdout.

A script prepares tasks (functions without arguments, by name); they are run, timed by this clock, and their results written
to files. The name of a prepared task starts with what a later `drop` names.
"""

import json
import sys
import time

tasks = {}
results = {}


def run(task):
    results[task] = tasks[task]()


def drop(prefix):
    for task in [task for task in tasks if task.startswith(prefix)]:
        del tasks[task]
        results.pop(task, None)


def measure(task, repeats):
    work = tasks[task]
    started = time.perf_counter()
    for _ in range(repeats):
        work()
    return time.perf_counter() - started


def serve(methods, write):
    """`methods` prepare tasks; `write(result, path)` stores a result as raw little-endian numbers."""
    common = {"run": run, "save": lambda task, path: write(results[task], path), "drop": drop, "time": measure}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": {**common, **methods}[request["method"]](**request["params"])}
        except Exception as error:  # the other side prints it beside the row that it spoils
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
