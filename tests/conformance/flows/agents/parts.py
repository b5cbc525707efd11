"""Parts of agents without a network: models that answer from the messages they get, a tool, a retriever."""

import warnings

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import tool

warnings.simplefilter("ignore")  # langchain_core has set filters of its own by now
USAGE = {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18}


class CapitalModel(BaseChatModel):
    """Says Paris; asks for the tool first when it has one."""

    model_name: str = "gpt-4o"
    temperature: float = 0.25
    with_tool: bool = False

    @property
    def _llm_type(self):
        return "openai-chat"

    @property
    def _identifying_params(self):
        return {"model_name": self.model_name, "temperature": self.temperature}

    def bind_tools(self, tools, **options):
        return self.model_copy(update={"with_tool": True})

    def _answer(self, messages):
        if self.with_tool and not any(isinstance(message, ToolMessage) for message in messages):
            call = {"name": "look_up", "args": {"city": "Paris"}, "id": "call-1", "type": "tool_call"}
            return AIMessage(content="", tool_calls=[call], usage_metadata=USAGE, response_metadata=self._metadata())
        return AIMessage(content="Paris", usage_metadata=USAGE, response_metadata=self._metadata())

    def _metadata(self):
        return {"model_name": self.model_name, "finish_reason": "stop"}

    def _generate(self, messages, stop=None, run_manager=None, **options):
        return ChatResult(generations=[ChatGeneration(message=self._answer(messages))])

    def _stream(self, messages, stop=None, run_manager=None, **options):
        for text in ("Pa", "ris"):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
            if run_manager:
                run_manager.on_llm_new_token(text, chunk=chunk)
            yield chunk
        yield ChatGenerationChunk(
            message=AIMessageChunk(content="", usage_metadata=USAGE, response_metadata=self._metadata())
        )


class BrokenModel(CapitalModel):
    """Fails as a provider does that is down."""

    def _generate(self, messages, stop=None, run_manager=None, **options):
        raise RuntimeError("provider down")


class Library(BaseRetriever):
    """Finds two documents."""

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun):
        return [Document(page_content=f"{query} {number}", metadata={"n": number}) for number in (1, 2)]


@tool
def look_up(city: str) -> str:
    """Look a city up."""
    return f"{city} is fine"


@tool
def fails(city: str) -> str:
    """Look a city up where it cannot be found."""
    raise ValueError(f"no {city}")


PROMPT = ChatPromptTemplate.from_messages([("system", "be terse"), ("user", "capital of {country}?")])
