"""The least that does it in Python: a connection for each agent, requests written by hand, no framework."""

import asyncio
import json
from urllib.parse import urlsplit

import common


async def ask(streams, host, port, path, body):
    if not streams:
        streams.extend(await asyncio.open_connection(host, port))
    reader, writer = streams
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    writer.write(head.encode() + data)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    if "chunked" not in answer:
        length = int(answer.split("content-length:")[1].split("\r\n")[0])
        return json.loads(await reader.readexactly(length))["choices"][0]["message"]["content"]
    text = ""
    while size := int(await reader.readline(), 16):
        chunk = await reader.readexactly(size + 2)
        data = chunk[6:].strip()
        if data != b"[DONE]" and (choices := json.loads(data)["choices"]):
            text += choices[0]["delta"].get("content", "")
    await reader.readline()
    return text


async def prepare(options):
    url = urlsplit(options.url)

    async def chat():
        files, connections = {}, [[] for _ in range(options.agents)]
        for number in range(1, options.rounds + 1):
            answers = await asyncio.gather(
                *(
                    ask(
                        connections[worker],
                        url.hostname,
                        url.port,
                        url.path + "/chat/completions",
                        {
                            "model": "bench",
                            "stream": options.stream,
                            "messages": [
                                {"role": "system", "content": common.SYSTEM},
                                {"role": "user", "content": common.prompt(worker + 1, number, files)},
                            ],
                        },
                    )
                    for worker in range(options.agents)
                )
            )
            for answer in answers:
                files.update(common.files_of(answer))
        for _, writer in connections:
            writer.close()
        return files

    return chat


common.measure(prepare)
