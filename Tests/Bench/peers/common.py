"""What the contenders share: their arguments, the prompts, the files of a chat, and the line that they print."""

import argparse
import asyncio
import json
import resource
import sys
import time

SYSTEM = (
    "Answer with one JSON object with the members message, files (path, content, executable), deletions and commands. "
    "Write the files of your part. From round 2 on you see what the others wrote: make your files fit them."
)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("agents", type=int)
    parser.add_argument("rounds", type=int)
    parser.add_argument("chats", type=int)
    parser.add_argument("--stream", action="store_true")
    return parser.parse_args()


def prompt(worker, number, files):
    """What a worker is asked in a round; all see all files."""
    shown = "\n".join(json.dumps({"path": path, "content": content}) for path, content in sorted(files.items()))
    return f"A library in several parts.\n{shown}\nThis is round {number}. You are worker-{worker}."


def files_of(text):
    """The files of an answer."""
    return {file["path"]: file["content"] for file in json.loads(text)["files"]}


def measure(prepare):
    """Awaits prepare(options) for a function that holds one chat and returns its files; holds all at once."""
    options = arguments()

    async def main():
        chat = await prepare(options)
        wall, cpu = time.perf_counter(), time.process_time()
        trees = await asyncio.gather(*(chat() for _ in range(options.chats)))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        line = {
            "wall_s": wall,
            "cpu_s": cpu,
            "turns": options.chats * options.agents * options.rounds,
            "files": sum(len(tree) for tree in trees),
            "rss_peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
        print(json.dumps(line))
        sys.stdout.flush()

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main())
