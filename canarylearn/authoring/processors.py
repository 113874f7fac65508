"""The processes over which the runs of a proof are spread."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from canarylearn.authoring.matrix import Spread


@contextmanager
def on_processors(*, is_long: bool) -> Iterator[Spread]:
    """A process for each processor, each of this process's priority and limits; one fewer for what takes long.

    They end with what is done within, or with this process, however it ends. With every processor at work on a proof a
    learner's answer takes twice as long, whatever the priority: for some seconds, and not for a quarter of an hour.
    """
    processes = max(1, (os.cpu_count() or 1) - is_long)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["canarylearn.authoring.matrix"])
    pool = ProcessPoolExecutor(max_workers=processes, mp_context=context, initializer=_end_with_parent)
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # this runs in a child

    def end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()
