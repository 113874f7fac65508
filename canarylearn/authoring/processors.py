"""The processes over which the runs of a proof are spread."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from canarylearn.authoring.matrix import Spread


@contextmanager
def on_spare_processors() -> Iterator[Spread]:
    """A process for each processor but one, which is left to learners; each of this process's priority and limits.

    They end with what is done within, or with this process, however it ends. A low priority alone is not enough: with
    every processor at work on a proof, an answer took twice as long.
    """
    spare = max(1, (os.cpu_count() or 1) - 1)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["canarylearn.authoring.matrix"])
    pool = ProcessPoolExecutor(max_workers=spare, mp_context=context, initializer=_end_with_parent)
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
