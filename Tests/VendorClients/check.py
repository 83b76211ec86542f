"""Lets the vendors' own clients judge our idea of their formats.

Reads a JSON object: `base`, the scripted server's URL; `key`; `text`, what it answers; and `requests`, per format the
requests that Drydock would send. Prints a JSON object: `checks`, how many were made, and `failures`, a list of texts.
"""

import collections.abc
import json
import sys
import types
import typing

import anthropic
import ollama
import openai
from anthropic.types import message_create_params as anthropic_params
from google import genai
from google.genai import errors as genai_errors
from google.genai import types as genai_types
from openai.types.chat import completion_create_params as openai_params
import typing_extensions as te

failures = []
checks = 0


def check(name, condition, detail=""):
    global checks
    checks += 1
    if not condition:
        failures.append(f"{name}: {detail}")


# Requests against the clients' types: pydantic would let unknown members of nested types pass.


def problems(value, kind, place="request"):
    """What is wrong with a JSON value, held against a type annotation."""
    origin, arguments = te.get_origin(kind), te.get_args(kind)
    if kind in (object, typing.Any) or isinstance(kind, typing.TypeVar):
        return []
    if origin in (te.Required, te.NotRequired, te.Annotated):
        return problems(value, arguments[0], place)
    if origin in (typing.Union, types.UnionType):
        found = [problems(value, choice, place) for choice in arguments]
        return min(found, key=len) if all(found) else []
    if origin in (typing.Literal, te.Literal):
        return [] if value in arguments else [f"{place} is {value!r}, not one of {arguments}"]
    if te.is_typeddict(kind):
        return typed_dict_problems(value, kind, place)
    if origin in (dict, collections.abc.Mapping):
        return [] if isinstance(value, dict) else [f"{place} is no object"]
    if origin is not None and isinstance(value, list):
        return [p for i, element in enumerate(value) for p in problems(element, arguments[0], f"{place}[{i}]")]
    if origin is not None:
        return [f"{place} is no list"]
    return scalar_problems(value, kind, place)


def typed_dict_problems(value, kind, place):
    if not isinstance(value, dict):
        return [f"{place} is no object"]
    hints = te.get_type_hints(kind, include_extras=True)
    found = [f"{place}.{name} is not known" for name in value if name not in hints]
    required = {name for name, hint in hints.items() if te.get_origin(hint) is te.Required}
    found += [f"{place}.{name} is missing" for name in required if name not in value]
    for name in value.keys() & hints.keys():
        found += problems(value[name], hints[name], f"{place}.{name}")
    return found


def scalar_problems(value, kind, place):
    if kind is type(None):
        return [] if value is None else [f"{place} is not null"]
    if kind in (int, float):
        fits = isinstance(value, (int, kind)) and not isinstance(value, bool)
    elif kind in (str, bool):
        fits = isinstance(value, kind)
    else:
        fits = False
    return [] if fits else [f"{place} is {value!r}, not {kind}"]


def check_openai_request(request):
    kinds = (openai_params.CompletionCreateParamsNonStreaming, openai_params.CompletionCreateParamsStreaming)
    return problems(request["body"], typing.Union[kinds])


def check_anthropic_request(request):
    body = request["body"]
    streams = body["stream"]
    kind = (
        anthropic_params.MessageCreateParamsStreaming if streams else anthropic_params.MessageCreateParamsNonStreaming
    )
    found = problems(body, kind)
    schema = body.get("output_config", {}).get("format", {}).get("schema")
    if schema is not None:
        found += strictness(schema, anthropic.transform_schema(schema))
    return found


def strictness(ours, theirs, place="schema"):
    """Whether the client's own conversion finds nothing left to convert."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        names = set(ours) ^ set(theirs)
        if "enum" in ours:
            names -= {"type"}
        found = [f"{place}.{name} differs" for name in names]
        for name in ours.keys() & theirs.keys():
            found += strictness(ours[name], theirs[name], f"{place}.{name}")
        return found
    return [] if ours == theirs else [f"{place} differs: {ours!r} and {theirs!r}"]


GEMINI_MEMBERS = {"contents", "systemInstruction", "generationConfig", "tools", "toolConfig", "continuationToken"}


def check_gemini_request(request):
    body = request["body"]
    found = [f"{name} is not known" for name in body if name not in GEMINI_MEMBERS]
    parts = [(genai_types.Content, content) for content in body["contents"]]
    parts += [(genai_types.Content, body["systemInstruction"])]
    parts += [(genai_types.GenerateContentConfig, body["generationConfig"])]
    parts += [(genai_types.Tool, tool) for tool in body.get("tools", [])]
    parts += [(genai_types.ToolConfig, body["toolConfig"])] if "toolConfig" in body else []
    for kind, value in parts:
        try:
            kind.model_validate(value)
        except Exception as error:
            found.append(f"{kind.__name__}: {error}")
    return found


def check_ollama_request(request):
    kinds = ollama._types
    body = request["body"]
    found = [f"{name} is not known" for name in body if name not in kinds.ChatRequest.model_fields]
    found += [f"options.{name} is not known" for name in body["options"] if name not in kinds.Options.model_fields]
    for message in body["messages"]:
        found += [f"messages.{name} is not known" for name in message if name not in kinds.Message.model_fields]
    try:
        kinds.ChatRequest.model_validate(body)
    except Exception as error:
        found.append(str(error))
    return found


# What the scripted server says, read by the clients.


def read_openai(base, key, text):
    client = openai.OpenAI(base_url=base + "/v1", api_key=key, max_retries=0)
    question = dict(model="scripted", messages=[{"role": "user", "content": "x"}])
    reply = client.chat.completions.create(**question)
    check("openai whole", reply.choices[0].message.content == text, reply)
    check("openai ending", reply.choices[0].finish_reason == "stop", reply)
    check("openai usage", reply.usage.prompt_tokens == 100 and reply.usage.completion_tokens == 20, reply.usage)
    with client.chat.completions.stream(**question, stream_options={"include_usage": True}) as stream:
        final = stream.get_final_completion()
    check("openai streamed", final.choices[0].message.content == text, final)
    check("openai streamed usage", final.usage and final.usage.completion_tokens == 20, final.usage)
    tool = {"type": "function", "function": {"name": "review", "parameters": {"type": "object"}}}
    forced = dict(tools=[tool], tool_choice={"type": "function", "function": {"name": "review"}})
    reply = client.chat.completions.create(**question, **forced)
    check("openai tool", reply.choices[0].message.tool_calls[0].function.arguments == text, reply)
    with client.chat.completions.stream(**question, **forced) as stream:
        final = stream.get_final_completion()
    check("openai tool streamed", final.choices[0].message.tool_calls[0].function.arguments == text, final)
    check("openai list", [model.id for model in client.models.list()] == ["scripted"])
    kinds = {
        401: openai.AuthenticationError, 404: openai.NotFoundError, 429: openai.RateLimitError,
        400: openai.BadRequestError, 500: openai.InternalServerError,
    }
    for status, kind in kinds.items():
        expect(f"openai {status}", kind, lambda: client.chat.completions.create(**{**question, "model": str(status)}))


def read_anthropic(base, key, text):
    client = anthropic.Anthropic(base_url=base, api_key=key, max_retries=0)
    question = dict(model="scripted", max_tokens=1000, messages=[{"role": "user", "content": "x"}])
    reply = client.messages.create(**question)
    check("anthropic whole", reply.content[0].text == text, reply)
    check("anthropic ending", reply.stop_reason == "end_turn", reply)
    check("anthropic usage", reply.usage.input_tokens == 100 and reply.usage.output_tokens == 20, reply.usage)
    with client.messages.stream(**question) as stream:
        final = stream.get_final_message()
    check("anthropic streamed", final.content[0].text == text, final)
    check("anthropic streamed usage", final.usage.output_tokens == 20, final.usage)
    tool = {"name": "review", "input_schema": {"type": "object"}}
    forced = dict(tools=[tool], tool_choice={"type": "tool", "name": "review"})
    reply = client.messages.create(**question, **forced)
    check("anthropic tool", reply.content[0].input == json.loads(text), reply)
    with client.messages.stream(**question, **forced) as stream:
        final = stream.get_final_message()
    check("anthropic tool streamed", final.content[0].input == json.loads(text), final)
    check("anthropic list", [model.id for model in client.models.list()] == ["scripted"])
    kinds = {
        401: anthropic.AuthenticationError, 404: anthropic.NotFoundError, 429: anthropic.RateLimitError,
        400: anthropic.BadRequestError, 500: anthropic.InternalServerError, 529: anthropic.OverloadedError,
    }
    for status, kind in kinds.items():
        expect(f"anthropic {status}", kind, lambda: client.messages.create(**{**question, "model": str(status)}))


def read_gemini(base, key, text):
    options = genai_types.HttpOptions(base_url=base)
    client = genai.Client(api_key=key, vertexai=False, http_options=options)
    reply = client.models.generate_content(model="scripted", contents="x")
    check("gemini whole", reply.text == text, reply)
    check("gemini ending", reply.candidates[0].finish_reason == genai_types.FinishReason.STOP, reply)
    check("gemini usage", reply.usage_metadata.prompt_token_count == 100, reply.usage_metadata)
    pieces = list(client.models.generate_content_stream(model="scripted", contents="x"))
    check("gemini streamed", "".join(piece.text or "" for piece in pieces) == text, pieces)
    check("gemini streamed usage", pieces[-1].usage_metadata.candidates_token_count == 20, pieces[-1])
    config = genai_types.GenerateContentConfig(
        tools=[{"function_declarations": [{"name": "review", "parameters_json_schema": {"type": "object"}}]}],
        tool_config={"function_calling_config": {"mode": "ANY", "allowed_function_names": ["review"]}},
        automatic_function_calling={"disable": True},
    )
    reply = client.models.generate_content(model="scripted", contents="x", config=config)
    check("gemini tool", reply.function_calls[0].args == json.loads(text), reply)
    check("gemini list", [model.name for model in client.models.list()] == ["models/scripted"])
    kinds = {status: genai_errors.ClientError for status in (400, 401, 404, 429)}
    kinds[500] = kinds[503] = genai_errors.ServerError
    for status, kind in kinds.items():
        expect(
            f"gemini {status}", kind, lambda: client.models.generate_content(model=str(status), contents="x"),
            lambda error: error.code == status and error.status is not None,
        )


def read_ollama(base, key, text):
    client = ollama.Client(host=base, headers={"Authorization": "Bearer " + key})
    messages = [{"role": "user", "content": "x"}]
    reply = client.chat(model="scripted", messages=messages)
    check("ollama whole", reply.message.content == text and reply.done_reason == "stop", reply)
    check("ollama usage", reply.prompt_eval_count == 100 and reply.eval_count == 20, reply)
    pieces = list(client.chat(model="scripted", messages=messages, stream=True))
    check("ollama streamed", "".join(piece.message.content or "" for piece in pieces) == text, pieces)
    check("ollama streamed end", pieces[-1].done and pieces[-1].eval_count == 20, pieces[-1])
    check("ollama list", [model.model for model in client.list().models] == ["scripted"])
    steps = list(client.pull("scripted", stream=True))
    check("ollama pull", steps[-1].status == "success" and steps[1].completed == 50, steps)
    check("ollama delete", client.delete("scripted").status == "success")
    for status in (400, 404, 500, 503):
        expect(
            f"ollama {status}", ollama.ResponseError, lambda: client.chat(model=str(status), messages=messages),
            lambda error: error.status_code == status and error.error == "scripted trouble",
        )


def expect(name, kind, call, fits=lambda error: True):
    try:
        call()
    except kind as error:
        check(name, fits(error), repr(error))
    except Exception as error:
        check(name, False, f"raised {error!r}, not {kind.__name__}")
    else:
        check(name, False, f"raised nothing, not {kind.__name__}")


def main():
    task = json.load(sys.stdin)
    judges = dict(
        openai=check_openai_request, anthropic=check_anthropic_request, gemini=check_gemini_request,
        ollama=check_ollama_request,
    )
    for name, requests in task["requests"].items():
        for request in requests:
            found = judges[name](request)
            check(f"{name} request '{request['name']}'", not found, "; ".join(found[:5]))
    readers = dict(openai=read_openai, anthropic=read_anthropic, gemini=read_gemini, ollama=read_ollama)
    for name, read in readers.items():
        try:
            read(task["base"], task["key"], task["text"])
        except Exception as error:
            check(f"{name} client", False, repr(error))
    json.dump(dict(checks=checks, failures=failures), sys.stdout)


main()
