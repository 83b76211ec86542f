"""LangGraph: a graph with one node for each agent, all of a round in one superstep, the files in its state."""

from typing import Annotated, TypedDict

from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph

import common


class State(TypedDict):
    number: int
    files: Annotated[dict, lambda old, new: old | new]


async def prepare(options):
    model = ChatOpenAI(
        model="bench", base_url=options.url, api_key="none", streaming=options.stream, max_retries=0, stream_usage=False
    )

    def agent(worker):
        async def answer(state):
            messages = [("system", common.SYSTEM), ("user", common.prompt(worker, state["number"], state["files"]))]
            return {"files": common.files_of((await model.ainvoke(messages)).content)}

        return answer

    graph = StateGraph(State)
    names = [f"worker-{worker + 1}" for worker in range(options.agents)]
    graph.add_node("begin", lambda state: {"number": state["number"] + 1})
    graph.add_node("end", lambda state: {})
    graph.add_edge(START, "begin")
    for worker, name in enumerate(names):
        graph.add_node(name, agent(worker + 1))
        graph.add_edge("begin", name)
    graph.add_edge(names, "end")
    graph.add_conditional_edges("end", lambda state: "begin" if state["number"] < options.rounds else END)
    compiled = graph.compile()

    async def chat():
        return (await compiled.ainvoke({"number": 0, "files": {}}))["files"]

    return chat


common.measure(prepare)
