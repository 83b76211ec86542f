"""AutoGen: its round-robin group chat, in which every agent gets every message, and with it every file."""

import logging

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient

import common

logging.disable(logging.CRITICAL)


async def prepare(options):
    client = OpenAIChatCompletionClient(
        model="bench",
        base_url=options.url,
        api_key="none",
        max_retries=0,
        model_info={
            "vision": False,
            "function_calling": False,
            "json_output": True,
            "structured_output": True,
            "family": "unknown",
        },
    )

    async def chat():
        agents = [
            AssistantAgent(
                f"worker_{worker}",
                client,
                system_message=f"{common.SYSTEM} You are worker-{worker}.",
                model_client_stream=options.stream,
            )
            for worker in range(1, options.agents + 1)
        ]
        # The task is a message, too.
        end = MaxMessageTermination(1 + options.agents * options.rounds)
        result = await RoundRobinGroupChat(agents, termination_condition=end).run(task="A library in several parts.")
        files = {}
        for message in result.messages[1:]:
            files.update(common.files_of(message.content))
        return files

    return chat


common.measure(prepare)
