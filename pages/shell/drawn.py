"""What a run draws, element by element and by its place: the page as data, for paper.

Streamlit gives no way to read a page back; its messages to the browser are that page, whole and in order. They are
noted as they are sent, so that no page has to say twice what it shows.
"""

from __future__ import annotations

from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

MAIN = 0  # the first step of a place: the page itself, not the side
Drawn = dict[tuple[int, ...], Delta]  # place → what stands there: a block, or an element


def follow() -> Drawn:
    """From now on notes what this run draws; what is drawn at a place again takes the place of what was there."""
    context = get_script_run_ctx()
    drawn: Drawn = {}
    if context is None:  # without a browser
        return drawn
    vars(context).pop("enqueue", None)  # of the run before, where the context is the same
    send = context.enqueue

    def noted(message: ForwardMsg) -> None:
        place = tuple(message.metadata.delta_path)
        if message.WhichOneof("type") == "delta" and place[:1] == (MAIN,):
            drawn[place] = message.delta
        send(message)

    context.enqueue = noted
    return drawn
