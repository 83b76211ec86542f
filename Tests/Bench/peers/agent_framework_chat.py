"""Microsoft Agent Framework: its agents, all of a round at once, with the files in their prompts."""

import asyncio

from agent_framework import Agent
from agent_framework_openai import OpenAIChatCompletionClient

import common


async def prepare(options):
    client = OpenAIChatCompletionClient(model="bench", base_url=options.url, api_key="none")

    async def ask(agent, text):
        if not options.stream:
            return (await agent.run(text)).text
        answer = ""
        async for update in agent.run(text, stream=True):
            answer += update.text
        return answer

    async def chat():
        agents = [
            Agent(client, instructions=common.SYSTEM, name=f"worker-{worker + 1}") for worker in range(options.agents)
        ]
        files = {}
        for number in range(1, options.rounds + 1):
            prompts = [common.prompt(worker + 1, number, files) for worker in range(options.agents)]
            for answer in await asyncio.gather(*(ask(*pair) for pair in zip(agents, prompts))):
                files.update(common.files_of(answer))
        return files

    return chat


common.measure(prepare)
